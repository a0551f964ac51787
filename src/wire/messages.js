// Generated from messages.proto by "npm run generate". Do not edit.
/* eslint-disable require-yield */
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime';
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc';
export var Record;
(function (Record) {
    let _codec;
    Record.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.header != null && obj.header.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.header);
                }
                if ((obj.enc != null && obj.enc.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.enc);
                }
                if ((obj.ct != null && obj.ct.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.ct);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    header: uint8ArrayAlloc(0),
                    enc: uint8ArrayAlloc(0),
                    ct: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.header = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.enc = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.ct = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.header`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.enc`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.ct`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Record.codec());
    }
    Record.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Record.codec(), opts);
    }
    Record.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Record.codec(), opts);
    }
    Record.stream = stream;
})(Record || (Record = {}));
export var EnvelopeHeader;
(function (EnvelopeHeader) {
    let _codec;
    EnvelopeHeader.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.mailbox);
                }
                if ((obj.suite != null && obj.suite !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.suite);
                }
                if ((obj.keyId != null && obj.keyId.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.keyId);
                }
                if ((obj.expiresHour != null && obj.expiresHour !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.expiresHour);
                }
                if ((obj.class != null && obj.class !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.class);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    mailbox: uint8ArrayAlloc(0),
                    suite: 0,
                    keyId: uint8ArrayAlloc(0),
                    expiresHour: 0,
                    class: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.suite = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.keyId = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.expiresHour = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.class = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.suite`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.keyId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.expiresHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.class`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, EnvelopeHeader.codec());
    }
    EnvelopeHeader.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, EnvelopeHeader.codec(), opts);
    }
    EnvelopeHeader.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, EnvelopeHeader.codec(), opts);
    }
    EnvelopeHeader.stream = stream;
})(EnvelopeHeader || (EnvelopeHeader = {}));
export var Inner;
(function (Inner) {
    let _codec;
    Inner.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sender != null && obj.sender.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.sender);
                }
                if ((obj.authType != null && obj.authType !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.authType);
                }
                if ((obj.auth != null && obj.auth.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.auth);
                }
                if (obj.deviceCert != null) {
                    w.uint32(34);
                    w.bytes(obj.deviceCert);
                }
                if ((obj.tbs != null && obj.tbs.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.tbs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sender: uint8ArrayAlloc(0),
                    authType: 0,
                    auth: uint8ArrayAlloc(0),
                    tbs: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sender = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.authType = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.auth = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.deviceCert = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.tbs = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.sender`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.authType`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.auth`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.deviceCert`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.tbs`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Inner.codec());
    }
    Inner.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Inner.codec(), opts);
    }
    Inner.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Inner.codec(), opts);
    }
    Inner.stream = stream;
})(Inner || (Inner = {}));
export var ToBeSigned;
(function (ToBeSigned) {
    let _codec;
    ToBeSigned.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.uid != null && obj.uid.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.uid);
                }
                if ((obj.createdMs != null && obj.createdMs !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.createdMs);
                }
                if ((obj.contentType != null && obj.contentType !== '')) {
                    w.uint32(26);
                    w.string(obj.contentType);
                }
                if ((obj.body != null && obj.body.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.body);
                }
                if (obj.inReplyTo != null) {
                    w.uint32(42);
                    w.bytes(obj.inReplyTo);
                }
                if (obj.returnLocator != null) {
                    w.uint32(50);
                    w.bytes(obj.returnLocator);
                }
                if (obj.subject != null) {
                    w.uint32(58);
                    w.string(obj.subject);
                }
                if (obj.invitation != null) {
                    w.uint32(66);
                    w.bytes(obj.invitation);
                }
                if (obj.gate != null) {
                    w.uint32(74);
                    w.bytes(obj.gate);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    uid: uint8ArrayAlloc(0),
                    createdMs: 0,
                    contentType: '',
                    body: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.uid = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.createdMs = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.contentType = reader.string();
                            break;
                        }
                        case 4: {
                            obj.body = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.inReplyTo = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.returnLocator = reader.bytes();
                            break;
                        }
                        case 7: {
                            obj.subject = reader.string();
                            break;
                        }
                        case 8: {
                            obj.invitation = reader.bytes();
                            break;
                        }
                        case 9: {
                            obj.gate = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.uid`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.createdMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.contentType`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.body`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.inReplyTo`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.returnLocator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.subject`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.invitation`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.gate`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ToBeSigned.codec());
    }
    ToBeSigned.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ToBeSigned.codec(), opts);
    }
    ToBeSigned.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ToBeSigned.codec(), opts);
    }
    ToBeSigned.stream = stream;
})(ToBeSigned || (ToBeSigned = {}));
export var Proof;
(function (Proof) {
    let _codec;
    Proof.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.gate != null && obj.gate.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.gate);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.signature);
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.nonce);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    gate: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0),
                    nonce: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.gate = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.gate`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Proof.codec());
    }
    Proof.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Proof.codec(), opts);
    }
    Proof.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Proof.codec(), opts);
    }
    Proof.stream = stream;
})(Proof || (Proof = {}));
export var Locator;
(function (Locator) {
    let _codec;
    Locator.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.seq);
                }
                if ((obj.issuedHour != null && obj.issuedHour !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.issuedHour);
                }
                if ((obj.validUntilHour != null && obj.validUntilHour !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.validUntilHour);
                }
                if (obj.relays != null && obj.relays.length > 0) {
                    for (const value of obj.relays) {
                        w.uint32(42);
                        LocatorRelay.codec().encode(value, w);
                    }
                }
                if ((obj.writeQuorum != null && obj.writeQuorum !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.writeQuorum);
                }
                if ((obj.bundleMinSeq != null && obj.bundleMinSeq !== 0)) {
                    w.uint32(56);
                    w.uint64Number(obj.bundleMinSeq);
                }
                if ((obj.closed != null && obj.closed !== false)) {
                    w.uint32(64);
                    w.bool(obj.closed);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    seq: 0,
                    issuedHour: 0,
                    validUntilHour: 0,
                    relays: [],
                    writeQuorum: 0,
                    bundleMinSeq: 0,
                    closed: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.issuedHour = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.validUntilHour = reader.uint32();
                            break;
                        }
                        case 5: {
                            if (opts.limits?.relays != null && obj.relays.length === opts.limits.relays) {
                                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements');
                            }
                            if (obj.relays.length === 7) {
                                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements');
                            }
                            obj.relays.push(LocatorRelay.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.relays$
                            }));
                            break;
                        }
                        case 6: {
                            obj.writeQuorum = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.bundleMinSeq = reader.uint64Number();
                            break;
                        }
                        case 8: {
                            obj.closed = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    relays: 7
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.issuedHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.validUntilHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            if (opts.limits?.relays != null && obj.relays === opts.limits.relays) {
                                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements');
                            }
                            if (obj.relays === 7) {
                                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements');
                            }
                            for (const evt of LocatorRelay.codec().stream(reader, reader.uint32(), `${prefix}.relays[]`, {
                                limits: opts.limits?.relays$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.relays
                                };
                            }
                            obj.relays++;
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.writeQuorum`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.bundleMinSeq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.closed`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Locator.codec());
    }
    Locator.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Locator.codec(), opts);
    }
    Locator.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Locator.codec(), opts);
    }
    Locator.stream = stream;
})(Locator || (Locator = {}));
export var LocatorRelay;
(function (LocatorRelay) {
    let _codec;
    LocatorRelay.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.peerId != null && obj.peerId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.peerId);
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if ((obj.role != null && obj.role !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.role);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    peerId: uint8ArrayAlloc(0),
                    addresses: [],
                    role: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.peerId = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            if (obj.addresses.length === 3) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.bytes());
                            break;
                        }
                        case 3: {
                            obj.role = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    addresses: 3
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.peerId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            if (obj.addresses === 3) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addresses[]`,
                                index: obj.addresses,
                                value: reader.bytes()
                            };
                            obj.addresses++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.role`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LocatorRelay.codec());
    }
    LocatorRelay.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LocatorRelay.codec(), opts);
    }
    LocatorRelay.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LocatorRelay.codec(), opts);
    }
    LocatorRelay.stream = stream;
})(LocatorRelay || (LocatorRelay = {}));
export var KeyBundle;
(function (KeyBundle) {
    let _codec;
    KeyBundle.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.seq);
                }
                if ((obj.issuedHour != null && obj.issuedHour !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.issuedHour);
                }
                if ((obj.validUntilHour != null && obj.validUntilHour !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.validUntilHour);
                }
                if (obj.keys != null && obj.keys.length > 0) {
                    for (const value of obj.keys) {
                        w.uint32(42);
                        BundleKey.codec().encode(value, w);
                    }
                }
                if ((obj.strangers != null && obj.strangers !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.strangers);
                }
                if ((obj.classBytesMax != null && obj.classBytesMax !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.classBytesMax);
                }
                if ((obj.ttlHoursMax != null && obj.ttlHoursMax !== 0)) {
                    w.uint32(64);
                    w.uint32(obj.ttlHoursMax);
                }
                if ((obj.powBits != null && obj.powBits !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.powBits);
                }
                if ((obj.strangersClassBytesMax != null && obj.strangersClassBytesMax !== 0)) {
                    w.uint32(80);
                    w.uint32(obj.strangersClassBytesMax);
                }
                if ((obj.strangersTtlHoursMax != null && obj.strangersTtlHoursMax !== 0)) {
                    w.uint32(88);
                    w.uint32(obj.strangersTtlHoursMax);
                }
                if (obj.gates != null && obj.gates.length > 0) {
                    for (const value of obj.gates) {
                        w.uint32(98);
                        BundleGate.codec().encode(value, w);
                    }
                }
                if (obj.before != null) {
                    w.uint32(106);
                    StrangersBefore.codec().encode(obj.before, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    seq: 0,
                    issuedHour: 0,
                    validUntilHour: 0,
                    keys: [],
                    strangers: 0,
                    classBytesMax: 0,
                    ttlHoursMax: 0,
                    powBits: 0,
                    strangersClassBytesMax: 0,
                    strangersTtlHoursMax: 0,
                    gates: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.issuedHour = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.validUntilHour = reader.uint32();
                            break;
                        }
                        case 5: {
                            if (opts.limits?.keys != null && obj.keys.length === opts.limits.keys) {
                                throw new MaxLengthError('Decode error - repeated field "keys" had too many elements');
                            }
                            if (obj.keys.length === 8) {
                                throw new MaxLengthError('Decode error - repeated field "keys" had too many elements');
                            }
                            obj.keys.push(BundleKey.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.keys$
                            }));
                            break;
                        }
                        case 6: {
                            obj.strangers = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.classBytesMax = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.ttlHoursMax = reader.uint32();
                            break;
                        }
                        case 9: {
                            obj.powBits = reader.uint32();
                            break;
                        }
                        case 10: {
                            obj.strangersClassBytesMax = reader.uint32();
                            break;
                        }
                        case 11: {
                            obj.strangersTtlHoursMax = reader.uint32();
                            break;
                        }
                        case 12: {
                            if (opts.limits?.gates != null && obj.gates.length === opts.limits.gates) {
                                throw new MaxLengthError('Decode error - repeated field "gates" had too many elements');
                            }
                            if (obj.gates.length === 32) {
                                throw new MaxLengthError('Decode error - repeated field "gates" had too many elements');
                            }
                            obj.gates.push(BundleGate.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.gates$
                            }));
                            break;
                        }
                        case 13: {
                            obj.before = StrangersBefore.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.before
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    keys: 8,
                    gates: 32
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.issuedHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.validUntilHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            if (opts.limits?.keys != null && obj.keys === opts.limits.keys) {
                                throw new MaxLengthError('Streaming decode error - repeated field "keys" had too many elements');
                            }
                            if (obj.keys === 8) {
                                throw new MaxLengthError('Streaming decode error - repeated field "keys" had too many elements');
                            }
                            for (const evt of BundleKey.codec().stream(reader, reader.uint32(), `${prefix}.keys[]`, {
                                limits: opts.limits?.keys$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.keys
                                };
                            }
                            obj.keys++;
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.strangers`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.classBytesMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.ttlHoursMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.powBits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.strangersClassBytesMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.strangersTtlHoursMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 12: {
                            if (opts.limits?.gates != null && obj.gates === opts.limits.gates) {
                                throw new MaxLengthError('Streaming decode error - repeated field "gates" had too many elements');
                            }
                            if (obj.gates === 32) {
                                throw new MaxLengthError('Streaming decode error - repeated field "gates" had too many elements');
                            }
                            for (const evt of BundleGate.codec().stream(reader, reader.uint32(), `${prefix}.gates[]`, {
                                limits: opts.limits?.gates$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.gates
                                };
                            }
                            obj.gates++;
                            break;
                        }
                        case 13: {
                            yield* StrangersBefore.codec().stream(reader, reader.uint32(), `${prefix}.before`, {
                                limits: opts.limits?.before
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, KeyBundle.codec());
    }
    KeyBundle.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, KeyBundle.codec(), opts);
    }
    KeyBundle.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, KeyBundle.codec(), opts);
    }
    KeyBundle.stream = stream;
})(KeyBundle || (KeyBundle = {}));
export var BundleGate;
(function (BundleGate) {
    let _codec;
    BundleGate.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.publicKey != null && obj.publicKey.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.publicKey);
                }
                if ((obj.share != null && obj.share !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.share);
                }
                if ((obj.revokedHour != null && obj.revokedHour !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.revokedHour);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    publicKey: uint8ArrayAlloc(0),
                    share: 0,
                    revokedHour: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.publicKey = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.share = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.revokedHour = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.publicKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.share`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.revokedHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, BundleGate.codec());
    }
    BundleGate.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BundleGate.codec(), opts);
    }
    BundleGate.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BundleGate.codec(), opts);
    }
    BundleGate.stream = stream;
})(BundleGate || (BundleGate = {}));
export var StrangersBefore;
(function (StrangersBefore) {
    let _codec;
    StrangersBefore.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.strangers != null && obj.strangers !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.strangers);
                }
                if ((obj.powBits != null && obj.powBits !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.powBits);
                }
                if ((obj.untilHour != null && obj.untilHour !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.untilHour);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    strangers: 0,
                    powBits: 0,
                    untilHour: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.strangers = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.powBits = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.untilHour = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.strangers`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.powBits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.untilHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, StrangersBefore.codec());
    }
    StrangersBefore.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, StrangersBefore.codec(), opts);
    }
    StrangersBefore.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, StrangersBefore.codec(), opts);
    }
    StrangersBefore.stream = stream;
})(StrangersBefore || (StrangersBefore = {}));
export var BundleKey;
(function (BundleKey) {
    let _codec;
    BundleKey.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.suite != null && obj.suite !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.suite);
                }
                if ((obj.keyId != null && obj.keyId.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.keyId);
                }
                if ((obj.publicKey != null && obj.publicKey.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.publicKey);
                }
                if ((obj.notAfterHour != null && obj.notAfterHour !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.notAfterHour);
                }
                if ((obj.lastResort != null && obj.lastResort !== false)) {
                    w.uint32(40);
                    w.bool(obj.lastResort);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    suite: 0,
                    keyId: uint8ArrayAlloc(0),
                    publicKey: uint8ArrayAlloc(0),
                    notAfterHour: 0,
                    lastResort: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.suite = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.keyId = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.publicKey = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.notAfterHour = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.lastResort = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.suite`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.keyId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.publicKey`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.notAfterHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.lastResort`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, BundleKey.codec());
    }
    BundleKey.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, BundleKey.codec(), opts);
    }
    BundleKey.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, BundleKey.codec(), opts);
    }
    BundleKey.stream = stream;
})(BundleKey || (BundleKey = {}));
export var HostConfig;
(function (HostConfig) {
    let _codec;
    HostConfig.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.seq);
                }
                if ((obj.issuedHour != null && obj.issuedHour !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.issuedHour);
                }
                if (obj.deviceCerts != null && obj.deviceCerts.length > 0) {
                    for (const value of obj.deviceCerts) {
                        w.uint32(34);
                        w.bytes(value);
                    }
                }
                if (obj.revoked != null && obj.revoked.length > 0) {
                    for (const value of obj.revoked) {
                        w.uint32(42);
                        w.bytes(value);
                    }
                }
                if ((obj.quotaBytes != null && obj.quotaBytes !== 0)) {
                    w.uint32(48);
                    w.uint64Number(obj.quotaBytes);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    seq: 0,
                    issuedHour: 0,
                    deviceCerts: [],
                    revoked: [],
                    quotaBytes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.issuedHour = reader.uint32();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.deviceCerts != null && obj.deviceCerts.length === opts.limits.deviceCerts) {
                                throw new MaxLengthError('Decode error - repeated field "deviceCerts" had too many elements');
                            }
                            if (obj.deviceCerts.length === 16) {
                                throw new MaxLengthError('Decode error - repeated field "deviceCerts" had too many elements');
                            }
                            obj.deviceCerts.push(reader.bytes());
                            break;
                        }
                        case 5: {
                            if (opts.limits?.revoked != null && obj.revoked.length === opts.limits.revoked) {
                                throw new MaxLengthError('Decode error - repeated field "revoked" had too many elements');
                            }
                            if (obj.revoked.length === 64) {
                                throw new MaxLengthError('Decode error - repeated field "revoked" had too many elements');
                            }
                            obj.revoked.push(reader.bytes());
                            break;
                        }
                        case 6: {
                            obj.quotaBytes = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    deviceCerts: 16,
                    revoked: 64
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.issuedHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.deviceCerts != null && obj.deviceCerts === opts.limits.deviceCerts) {
                                throw new MaxLengthError('Streaming decode error - repeated field "deviceCerts" had too many elements');
                            }
                            if (obj.deviceCerts === 16) {
                                throw new MaxLengthError('Streaming decode error - repeated field "deviceCerts" had too many elements');
                            }
                            yield {
                                field: `${prefix}.deviceCerts[]`,
                                index: obj.deviceCerts,
                                value: reader.bytes()
                            };
                            obj.deviceCerts++;
                            break;
                        }
                        case 5: {
                            if (opts.limits?.revoked != null && obj.revoked === opts.limits.revoked) {
                                throw new MaxLengthError('Streaming decode error - repeated field "revoked" had too many elements');
                            }
                            if (obj.revoked === 64) {
                                throw new MaxLengthError('Streaming decode error - repeated field "revoked" had too many elements');
                            }
                            yield {
                                field: `${prefix}.revoked[]`,
                                index: obj.revoked,
                                value: reader.bytes()
                            };
                            obj.revoked++;
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.quotaBytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, HostConfig.codec());
    }
    HostConfig.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, HostConfig.codec(), opts);
    }
    HostConfig.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, HostConfig.codec(), opts);
    }
    HostConfig.stream = stream;
})(HostConfig || (HostConfig = {}));
export var DeviceCertificate;
(function (DeviceCertificate) {
    let _codec;
    DeviceCertificate.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.device != null && obj.device.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.device);
                }
                if ((obj.scopes != null && obj.scopes !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.scopes);
                }
                if ((obj.notBeforeHour != null && obj.notBeforeHour !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.notBeforeHour);
                }
                if ((obj.notAfterHour != null && obj.notAfterHour !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.notAfterHour);
                }
                if ((obj.serial != null && obj.serial.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.serial);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    device: uint8ArrayAlloc(0),
                    scopes: 0,
                    notBeforeHour: 0,
                    notAfterHour: 0,
                    serial: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.device = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.scopes = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.notBeforeHour = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.notAfterHour = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.serial = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.device`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.scopes`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.notBeforeHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.notAfterHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.serial`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DeviceCertificate.codec());
    }
    DeviceCertificate.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DeviceCertificate.codec(), opts);
    }
    DeviceCertificate.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DeviceCertificate.codec(), opts);
    }
    DeviceCertificate.stream = stream;
})(DeviceCertificate || (DeviceCertificate = {}));
export var Invitation;
(function (Invitation) {
    let _codec;
    Invitation.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.token != null && obj.token.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.token);
                }
                if ((obj.expiresHour != null && obj.expiresHour !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.expiresHour);
                }
                if (obj.name != null) {
                    w.uint32(34);
                    w.string(obj.name);
                }
                if (obj.relays != null && obj.relays.length > 0) {
                    for (const value of obj.relays) {
                        w.uint32(42);
                        InvitationRelay.codec().encode(value, w);
                    }
                }
                if (obj.gate != null) {
                    w.uint32(50);
                    w.bytes(obj.gate);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    token: uint8ArrayAlloc(0),
                    expiresHour: 0,
                    relays: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.token = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.expiresHour = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.name = reader.string();
                            break;
                        }
                        case 5: {
                            if (opts.limits?.relays != null && obj.relays.length === opts.limits.relays) {
                                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements');
                            }
                            if (obj.relays.length === 3) {
                                throw new MaxLengthError('Decode error - repeated field "relays" had too many elements');
                            }
                            obj.relays.push(InvitationRelay.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.relays$
                            }));
                            break;
                        }
                        case 6: {
                            obj.gate = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    relays: 3
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.token`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.expiresHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.name`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 5: {
                            if (opts.limits?.relays != null && obj.relays === opts.limits.relays) {
                                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements');
                            }
                            if (obj.relays === 3) {
                                throw new MaxLengthError('Streaming decode error - repeated field "relays" had too many elements');
                            }
                            for (const evt of InvitationRelay.codec().stream(reader, reader.uint32(), `${prefix}.relays[]`, {
                                limits: opts.limits?.relays$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.relays
                                };
                            }
                            obj.relays++;
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.gate`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Invitation.codec());
    }
    Invitation.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Invitation.codec(), opts);
    }
    Invitation.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Invitation.codec(), opts);
    }
    Invitation.stream = stream;
})(Invitation || (Invitation = {}));
export var InvitationRelay;
(function (InvitationRelay) {
    let _codec;
    InvitationRelay.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.peerId != null && obj.peerId.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.peerId);
                }
                if ((obj.address != null && obj.address.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.address);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    peerId: uint8ArrayAlloc(0),
                    address: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.peerId = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.address = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.peerId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.address`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, InvitationRelay.codec());
    }
    InvitationRelay.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, InvitationRelay.codec(), opts);
    }
    InvitationRelay.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, InvitationRelay.codec(), opts);
    }
    InvitationRelay.stream = stream;
})(InvitationRelay || (InvitationRelay = {}));
export var RelayAdvert;
(function (RelayAdvert) {
    let _codec;
    RelayAdvert.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.version != null && obj.version !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.version);
                }
                if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.issuedMs);
                }
                if ((obj.validUntilMs != null && obj.validUntilMs !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.validUntilMs);
                }
                if (obj.addresses != null && obj.addresses.length > 0) {
                    for (const value of obj.addresses) {
                        w.uint32(34);
                        w.bytes(value);
                    }
                }
                if ((obj.program != null && obj.program !== '')) {
                    w.uint32(42);
                    w.string(obj.program);
                }
                if ((obj.room != null && obj.room !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.room);
                }
                if ((obj.recordsPerMailbox != null && obj.recordsPerMailbox !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.recordsPerMailbox);
                }
                if ((obj.bytesPerMailbox != null && obj.bytesPerMailbox !== 0)) {
                    w.uint32(64);
                    w.uint64Number(obj.bytesPerMailbox);
                }
                if ((obj.classBytesMax != null && obj.classBytesMax !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.classBytesMax);
                }
                if ((obj.ttlHoursMax != null && obj.ttlHoursMax !== 0)) {
                    w.uint32(80);
                    w.uint32(obj.ttlHoursMax);
                }
                if ((obj.registration != null && obj.registration !== 0)) {
                    w.uint32(88);
                    w.uint32(obj.registration);
                }
                if ((obj.draining != null && obj.draining !== false)) {
                    w.uint32(96);
                    w.bool(obj.draining);
                }
                if ((obj.registrationBits != null && obj.registrationBits !== 0)) {
                    w.uint32(104);
                    w.uint32(obj.registrationBits);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    version: 0,
                    issuedMs: 0,
                    validUntilMs: 0,
                    addresses: [],
                    program: '',
                    room: 0,
                    recordsPerMailbox: 0,
                    bytesPerMailbox: 0,
                    classBytesMax: 0,
                    ttlHoursMax: 0,
                    registration: 0,
                    draining: false,
                    registrationBits: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.version = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.issuedMs = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.validUntilMs = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            if (obj.addresses.length === 8) {
                                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements');
                            }
                            obj.addresses.push(reader.bytes());
                            break;
                        }
                        case 5: {
                            obj.program = reader.string();
                            break;
                        }
                        case 6: {
                            obj.room = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.recordsPerMailbox = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.bytesPerMailbox = reader.uint64Number();
                            break;
                        }
                        case 9: {
                            obj.classBytesMax = reader.uint32();
                            break;
                        }
                        case 10: {
                            obj.ttlHoursMax = reader.uint32();
                            break;
                        }
                        case 11: {
                            obj.registration = reader.uint32();
                            break;
                        }
                        case 12: {
                            obj.draining = reader.bool();
                            break;
                        }
                        case 13: {
                            obj.registrationBits = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    addresses: 8
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.version`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.issuedMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.validUntilMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            if (opts.limits?.addresses != null && obj.addresses === opts.limits.addresses) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            if (obj.addresses === 8) {
                                throw new MaxLengthError('Streaming decode error - repeated field "addresses" had too many elements');
                            }
                            yield {
                                field: `${prefix}.addresses[]`,
                                index: obj.addresses,
                                value: reader.bytes()
                            };
                            obj.addresses++;
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.program`,
                                value: reader.string()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.room`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.recordsPerMailbox`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.bytesPerMailbox`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.classBytesMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.ttlHoursMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.registration`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.draining`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 13: {
                            yield {
                                field: `${prefix}.registrationBits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RelayAdvert.codec());
    }
    RelayAdvert.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RelayAdvert.codec(), opts);
    }
    RelayAdvert.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RelayAdvert.codec(), opts);
    }
    RelayAdvert.stream = stream;
})(RelayAdvert || (RelayAdvert = {}));
export var ReceiptBody;
(function (ReceiptBody) {
    let _codec;
    ReceiptBody.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if ((obj.recordId != null && obj.recordId.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.recordId);
                }
                if ((obj.receivedMs != null && obj.receivedMs !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.receivedMs);
                }
                if ((obj.keepUntilHour != null && obj.keepUntilHour !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.keepUntilHour);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    recordId: uint8ArrayAlloc(0),
                    receivedMs: 0,
                    keepUntilHour: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.recordId = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.receivedMs = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.keepUntilHour = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.recordId`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.receivedMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.keepUntilHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ReceiptBody.codec());
    }
    ReceiptBody.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ReceiptBody.codec(), opts);
    }
    ReceiptBody.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ReceiptBody.codec(), opts);
    }
    ReceiptBody.stream = stream;
})(ReceiptBody || (ReceiptBody = {}));
export var Receipt;
(function (Receipt) {
    let _codec;
    Receipt.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.relay != null && obj.relay.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.relay);
                }
                if ((obj.body != null && obj.body.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.body);
                }
                if ((obj.index != null && obj.index !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.index);
                }
                if ((obj.leaves != null && obj.leaves !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.leaves);
                }
                if (obj.path != null && obj.path.length > 0) {
                    for (const value of obj.path) {
                        w.uint32(42);
                        w.bytes(value);
                    }
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.signature);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    relay: uint8ArrayAlloc(0),
                    body: uint8ArrayAlloc(0),
                    index: 0,
                    leaves: 0,
                    path: [],
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.relay = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.body = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.index = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.leaves = reader.uint32();
                            break;
                        }
                        case 5: {
                            if (opts.limits?.path != null && obj.path.length === opts.limits.path) {
                                throw new MaxLengthError('Decode error - repeated field "path" had too many elements');
                            }
                            if (obj.path.length === 16) {
                                throw new MaxLengthError('Decode error - repeated field "path" had too many elements');
                            }
                            obj.path.push(reader.bytes());
                            break;
                        }
                        case 6: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    path: 16
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.relay`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.body`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.index`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.leaves`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            if (opts.limits?.path != null && obj.path === opts.limits.path) {
                                throw new MaxLengthError('Streaming decode error - repeated field "path" had too many elements');
                            }
                            if (obj.path === 16) {
                                throw new MaxLengthError('Streaming decode error - repeated field "path" had too many elements');
                            }
                            yield {
                                field: `${prefix}.path[]`,
                                index: obj.path,
                                value: reader.bytes()
                            };
                            obj.path++;
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Receipt.codec());
    }
    Receipt.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Receipt.codec(), opts);
    }
    Receipt.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Receipt.codec(), opts);
    }
    Receipt.stream = stream;
})(Receipt || (Receipt = {}));
export var TombstoneBody;
(function (TombstoneBody) {
    let _codec;
    TombstoneBody.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if ((obj.ids != null && obj.ids.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.ids);
                }
                if ((obj.dropAfterHour != null && obj.dropAfterHour !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.dropAfterHour);
                }
                if ((obj.issuedMs != null && obj.issuedMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.issuedMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    ids: uint8ArrayAlloc(0),
                    dropAfterHour: 0,
                    issuedMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.ids = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.dropAfterHour = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.issuedMs = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.ids`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.dropAfterHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.issuedMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, TombstoneBody.codec());
    }
    TombstoneBody.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, TombstoneBody.codec(), opts);
    }
    TombstoneBody.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, TombstoneBody.codec(), opts);
    }
    TombstoneBody.stream = stream;
})(TombstoneBody || (TombstoneBody = {}));
export var Tombstone;
(function (Tombstone) {
    let _codec;
    Tombstone.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.body != null && obj.body.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.body);
                }
                if ((obj.signer != null && obj.signer.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.signer);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.signature);
                }
                if (obj.deviceCert != null) {
                    w.uint32(34);
                    w.bytes(obj.deviceCert);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    body: uint8ArrayAlloc(0),
                    signer: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.body = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.signer = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.deviceCert = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.body`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.signer`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.deviceCert`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Tombstone.codec());
    }
    Tombstone.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Tombstone.codec(), opts);
    }
    Tombstone.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Tombstone.codec(), opts);
    }
    Tombstone.stream = stream;
})(Tombstone || (Tombstone = {}));
export var LocatorRequest;
(function (LocatorRequest) {
    let _codec;
    LocatorRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.have != null) {
                    obj.put = undefined;
                    obj.get = undefined;
                }
                if (obj.put != null) {
                    obj.have = undefined;
                    obj.get = undefined;
                }
                if (obj.get != null) {
                    obj.have = undefined;
                    obj.put = undefined;
                }
                if (obj.get != null) {
                    w.uint32(10);
                    LocatorGet.codec().encode(obj.get, w);
                }
                if (obj.put != null) {
                    w.uint32(18);
                    LocatorPut.codec().encode(obj.put, w);
                }
                if (obj.have != null) {
                    w.uint32(26);
                    LocatorHave.codec().encode(obj.have, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.get = LocatorGet.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.get
                            });
                            break;
                        }
                        case 2: {
                            obj.put = LocatorPut.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.put
                            });
                            break;
                        }
                        case 3: {
                            obj.have = LocatorHave.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.have
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.have != null) {
                    delete obj.put;
                    delete obj.get;
                }
                if (obj.put != null) {
                    delete obj.have;
                    delete obj.get;
                }
                if (obj.get != null) {
                    delete obj.have;
                    delete obj.put;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* LocatorGet.codec().stream(reader, reader.uint32(), `${prefix}.get`, {
                                limits: opts.limits?.get
                            });
                            break;
                        }
                        case 2: {
                            yield* LocatorPut.codec().stream(reader, reader.uint32(), `${prefix}.put`, {
                                limits: opts.limits?.put
                            });
                            break;
                        }
                        case 3: {
                            yield* LocatorHave.codec().stream(reader, reader.uint32(), `${prefix}.have`, {
                                limits: opts.limits?.have
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LocatorRequest.codec());
    }
    LocatorRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LocatorRequest.codec(), opts);
    }
    LocatorRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LocatorRequest.codec(), opts);
    }
    LocatorRequest.stream = stream;
})(LocatorRequest || (LocatorRequest = {}));
export var LocatorGet;
(function (LocatorGet) {
    let _codec;
    LocatorGet.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LocatorGet.codec());
    }
    LocatorGet.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LocatorGet.codec(), opts);
    }
    LocatorGet.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LocatorGet.codec(), opts);
    }
    LocatorGet.stream = stream;
})(LocatorGet || (LocatorGet = {}));
export var LocatorPut;
(function (LocatorPut) {
    let _codec;
    LocatorPut.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.locator != null && obj.locator.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.locator);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    locator: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LocatorPut.codec());
    }
    LocatorPut.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LocatorPut.codec(), opts);
    }
    LocatorPut.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LocatorPut.codec(), opts);
    }
    LocatorPut.stream = stream;
})(LocatorPut || (LocatorPut = {}));
export var LocatorHave;
(function (LocatorHave) {
    let _codec;
    LocatorHave.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.items != null && obj.items.length > 0) {
                    for (const value of obj.items) {
                        w.uint32(10);
                        LocatorDigest.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    items: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.items != null && obj.items.length === opts.limits.items) {
                                throw new MaxLengthError('Decode error - repeated field "items" had too many elements');
                            }
                            if (obj.items.length === 1024) {
                                throw new MaxLengthError('Decode error - repeated field "items" had too many elements');
                            }
                            obj.items.push(LocatorDigest.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.items$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    items: 1024
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            if (opts.limits?.items != null && obj.items === opts.limits.items) {
                                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements');
                            }
                            if (obj.items === 1024) {
                                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements');
                            }
                            for (const evt of LocatorDigest.codec().stream(reader, reader.uint32(), `${prefix}.items[]`, {
                                limits: opts.limits?.items$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.items
                                };
                            }
                            obj.items++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LocatorHave.codec());
    }
    LocatorHave.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LocatorHave.codec(), opts);
    }
    LocatorHave.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LocatorHave.codec(), opts);
    }
    LocatorHave.stream = stream;
})(LocatorHave || (LocatorHave = {}));
export var LocatorDigest;
(function (LocatorDigest) {
    let _codec;
    LocatorDigest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.seq);
                }
                if ((obj.digest != null && obj.digest.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.digest);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    seq: 0,
                    digest: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.digest = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.digest`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LocatorDigest.codec());
    }
    LocatorDigest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LocatorDigest.codec(), opts);
    }
    LocatorDigest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LocatorDigest.codec(), opts);
    }
    LocatorDigest.stream = stream;
})(LocatorDigest || (LocatorDigest = {}));
export var LocatorResponse;
(function (LocatorResponse) {
    let _codec;
    LocatorResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.status != null && obj.status !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.status);
                }
                if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.retryAfterMs);
                }
                if ((obj.limit != null && obj.limit !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.limit);
                }
                if (obj.locator != null) {
                    w.uint32(34);
                    w.bytes(obj.locator);
                }
                if (obj.want != null && obj.want.length > 0) {
                    for (const value of obj.want) {
                        w.uint32(42);
                        w.bytes(value);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    status: 0,
                    retryAfterMs: 0,
                    limit: 0,
                    want: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.status = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.retryAfterMs = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.limit = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 5: {
                            if (opts.limits?.want != null && obj.want.length === opts.limits.want) {
                                throw new MaxLengthError('Decode error - repeated field "want" had too many elements');
                            }
                            if (obj.want.length === 1024) {
                                throw new MaxLengthError('Decode error - repeated field "want" had too many elements');
                            }
                            obj.want.push(reader.bytes());
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    want: 1024
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.retryAfterMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.limit`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            if (opts.limits?.want != null && obj.want === opts.limits.want) {
                                throw new MaxLengthError('Streaming decode error - repeated field "want" had too many elements');
                            }
                            if (obj.want === 1024) {
                                throw new MaxLengthError('Streaming decode error - repeated field "want" had too many elements');
                            }
                            yield {
                                field: `${prefix}.want[]`,
                                index: obj.want,
                                value: reader.bytes()
                            };
                            obj.want++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LocatorResponse.codec());
    }
    LocatorResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LocatorResponse.codec(), opts);
    }
    LocatorResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LocatorResponse.codec(), opts);
    }
    LocatorResponse.stream = stream;
})(LocatorResponse || (LocatorResponse = {}));
export var DepositRequest;
(function (DepositRequest) {
    let _codec;
    DepositRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.deposit != null) {
                    obj.info = undefined;
                }
                if (obj.info != null) {
                    obj.deposit = undefined;
                }
                if (obj.info != null) {
                    w.uint32(10);
                    InfoCall.codec().encode(obj.info, w);
                }
                if (obj.deposit != null) {
                    w.uint32(18);
                    DepositCall.codec().encode(obj.deposit, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.info = InfoCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.info
                            });
                            break;
                        }
                        case 2: {
                            obj.deposit = DepositCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.deposit
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.deposit != null) {
                    delete obj.info;
                }
                if (obj.info != null) {
                    delete obj.deposit;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* InfoCall.codec().stream(reader, reader.uint32(), `${prefix}.info`, {
                                limits: opts.limits?.info
                            });
                            break;
                        }
                        case 2: {
                            yield* DepositCall.codec().stream(reader, reader.uint32(), `${prefix}.deposit`, {
                                limits: opts.limits?.deposit
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DepositRequest.codec());
    }
    DepositRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DepositRequest.codec(), opts);
    }
    DepositRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DepositRequest.codec(), opts);
    }
    DepositRequest.stream = stream;
})(DepositRequest || (DepositRequest = {}));
export var InfoCall;
(function (InfoCall) {
    let _codec;
    InfoCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.mailbox != null) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, InfoCall.codec());
    }
    InfoCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, InfoCall.codec(), opts);
    }
    InfoCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, InfoCall.codec(), opts);
    }
    InfoCall.stream = stream;
})(InfoCall || (InfoCall = {}));
export var DepositCall;
(function (DepositCall) {
    let _codec;
    DepositCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.record != null) {
                    w.uint32(10);
                    Record.codec().encode(obj.record, w);
                }
                if ((obj.fanOut != null && obj.fanOut !== false)) {
                    w.uint32(16);
                    w.bool(obj.fanOut);
                }
                if (obj.proof != null) {
                    w.uint32(26);
                    w.bytes(obj.proof);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    fanOut: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.record = Record.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.record
                            });
                            break;
                        }
                        case 2: {
                            obj.fanOut = reader.bool();
                            break;
                        }
                        case 3: {
                            obj.proof = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Record.codec().stream(reader, reader.uint32(), `${prefix}.record`, {
                                limits: opts.limits?.record
                            });
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.fanOut`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.proof`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DepositCall.codec());
    }
    DepositCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DepositCall.codec(), opts);
    }
    DepositCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DepositCall.codec(), opts);
    }
    DepositCall.stream = stream;
})(DepositCall || (DepositCall = {}));
export var DepositResponse;
(function (DepositResponse) {
    let _codec;
    DepositResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.status != null && obj.status !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.status);
                }
                if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.retryAfterMs);
                }
                if ((obj.limit != null && obj.limit !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.limit);
                }
                if (obj.locator != null) {
                    w.uint32(34);
                    w.bytes(obj.locator);
                }
                if (obj.bundle != null) {
                    w.uint32(42);
                    w.bytes(obj.bundle);
                }
                if (obj.relay != null) {
                    w.uint32(50);
                    RelayInfo.codec().encode(obj.relay, w);
                }
                if (obj.receipts != null && obj.receipts.length > 0) {
                    for (const value of obj.receipts) {
                        w.uint32(58);
                        Receipt.codec().encode(value, w);
                    }
                }
                if ((obj.powBits != null && obj.powBits !== 0)) {
                    w.uint32(64);
                    w.uint32(obj.powBits);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    status: 0,
                    retryAfterMs: 0,
                    limit: 0,
                    receipts: [],
                    powBits: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.status = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.retryAfterMs = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.limit = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.bundle = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.relay = RelayInfo.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.relay
                            });
                            break;
                        }
                        case 7: {
                            if (opts.limits?.receipts != null && obj.receipts.length === opts.limits.receipts) {
                                throw new MaxLengthError('Decode error - repeated field "receipts" had too many elements');
                            }
                            if (obj.receipts.length === 8) {
                                throw new MaxLengthError('Decode error - repeated field "receipts" had too many elements');
                            }
                            obj.receipts.push(Receipt.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.receipts$
                            }));
                            break;
                        }
                        case 8: {
                            obj.powBits = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    receipts: 8
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.retryAfterMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.limit`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.bundle`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield* RelayInfo.codec().stream(reader, reader.uint32(), `${prefix}.relay`, {
                                limits: opts.limits?.relay
                            });
                            break;
                        }
                        case 7: {
                            if (opts.limits?.receipts != null && obj.receipts === opts.limits.receipts) {
                                throw new MaxLengthError('Streaming decode error - repeated field "receipts" had too many elements');
                            }
                            if (obj.receipts === 8) {
                                throw new MaxLengthError('Streaming decode error - repeated field "receipts" had too many elements');
                            }
                            for (const evt of Receipt.codec().stream(reader, reader.uint32(), `${prefix}.receipts[]`, {
                                limits: opts.limits?.receipts$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.receipts
                                };
                            }
                            obj.receipts++;
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.powBits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, DepositResponse.codec());
    }
    DepositResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, DepositResponse.codec(), opts);
    }
    DepositResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, DepositResponse.codec(), opts);
    }
    DepositResponse.stream = stream;
})(DepositResponse || (DepositResponse = {}));
export var RelayInfo;
(function (RelayInfo) {
    let _codec;
    RelayInfo.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.recordsPerMailbox != null && obj.recordsPerMailbox !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.recordsPerMailbox);
                }
                if ((obj.bytesPerMailbox != null && obj.bytesPerMailbox !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.bytesPerMailbox);
                }
                if ((obj.mailboxesFree != null && obj.mailboxesFree !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.mailboxesFree);
                }
                if ((obj.classBytesMax != null && obj.classBytesMax !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.classBytesMax);
                }
                if ((obj.ttlHoursMax != null && obj.ttlHoursMax !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.ttlHoursMax);
                }
                if ((obj.draining != null && obj.draining !== false)) {
                    w.uint32(48);
                    w.bool(obj.draining);
                }
                if ((obj.registration != null && obj.registration !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.registration);
                }
                if ((obj.registrationBits != null && obj.registrationBits !== 0)) {
                    w.uint32(64);
                    w.uint32(obj.registrationBits);
                }
                if ((obj.strangersRecords != null && obj.strangersRecords !== 0)) {
                    w.uint32(72);
                    w.uint32(obj.strangersRecords);
                }
                if ((obj.strangersBytes != null && obj.strangersBytes !== 0)) {
                    w.uint32(80);
                    w.uint64Number(obj.strangersBytes);
                }
                if ((obj.peerDepositsPerSecond != null && obj.peerDepositsPerSecond !== 0)) {
                    w.uint32(88);
                    w.uint32(obj.peerDepositsPerSecond);
                }
                if ((obj.groupDepositsPerSecond != null && obj.groupDepositsPerSecond !== 0)) {
                    w.uint32(96);
                    w.uint32(obj.groupDepositsPerSecond);
                }
                if ((obj.mailboxDepositsPerSecond != null && obj.mailboxDepositsPerSecond !== 0)) {
                    w.uint32(104);
                    w.uint32(obj.mailboxDepositsPerSecond);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    recordsPerMailbox: 0,
                    bytesPerMailbox: 0,
                    mailboxesFree: 0,
                    classBytesMax: 0,
                    ttlHoursMax: 0,
                    draining: false,
                    registration: 0,
                    registrationBits: 0,
                    strangersRecords: 0,
                    strangersBytes: 0,
                    peerDepositsPerSecond: 0,
                    groupDepositsPerSecond: 0,
                    mailboxDepositsPerSecond: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.recordsPerMailbox = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.bytesPerMailbox = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.mailboxesFree = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.classBytesMax = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.ttlHoursMax = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.draining = reader.bool();
                            break;
                        }
                        case 7: {
                            obj.registration = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.registrationBits = reader.uint32();
                            break;
                        }
                        case 9: {
                            obj.strangersRecords = reader.uint32();
                            break;
                        }
                        case 10: {
                            obj.strangersBytes = reader.uint64Number();
                            break;
                        }
                        case 11: {
                            obj.peerDepositsPerSecond = reader.uint32();
                            break;
                        }
                        case 12: {
                            obj.groupDepositsPerSecond = reader.uint32();
                            break;
                        }
                        case 13: {
                            obj.mailboxDepositsPerSecond = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.recordsPerMailbox`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.bytesPerMailbox`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.mailboxesFree`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.classBytesMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.ttlHoursMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.draining`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.registration`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.registrationBits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.strangersRecords`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.strangersBytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.peerDepositsPerSecond`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.groupDepositsPerSecond`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 13: {
                            yield {
                                field: `${prefix}.mailboxDepositsPerSecond`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RelayInfo.codec());
    }
    RelayInfo.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RelayInfo.codec(), opts);
    }
    RelayInfo.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RelayInfo.codec(), opts);
    }
    RelayInfo.stream = stream;
})(RelayInfo || (RelayInfo = {}));
export var OwnerRequest;
(function (OwnerRequest) {
    let _codec;
    OwnerRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.subscribe != null) {
                    obj.tombstone = undefined;
                    obj.ack = undefined;
                    obj.pull = undefined;
                    obj.status = undefined;
                    obj.config = undefined;
                    obj.register = undefined;
                    obj.auth = undefined;
                    obj.challenge = undefined;
                }
                if (obj.tombstone != null) {
                    obj.subscribe = undefined;
                    obj.ack = undefined;
                    obj.pull = undefined;
                    obj.status = undefined;
                    obj.config = undefined;
                    obj.register = undefined;
                    obj.auth = undefined;
                    obj.challenge = undefined;
                }
                if (obj.ack != null) {
                    obj.subscribe = undefined;
                    obj.tombstone = undefined;
                    obj.pull = undefined;
                    obj.status = undefined;
                    obj.config = undefined;
                    obj.register = undefined;
                    obj.auth = undefined;
                    obj.challenge = undefined;
                }
                if (obj.pull != null) {
                    obj.subscribe = undefined;
                    obj.tombstone = undefined;
                    obj.ack = undefined;
                    obj.status = undefined;
                    obj.config = undefined;
                    obj.register = undefined;
                    obj.auth = undefined;
                    obj.challenge = undefined;
                }
                if (obj.status != null) {
                    obj.subscribe = undefined;
                    obj.tombstone = undefined;
                    obj.ack = undefined;
                    obj.pull = undefined;
                    obj.config = undefined;
                    obj.register = undefined;
                    obj.auth = undefined;
                    obj.challenge = undefined;
                }
                if (obj.config != null) {
                    obj.subscribe = undefined;
                    obj.tombstone = undefined;
                    obj.ack = undefined;
                    obj.pull = undefined;
                    obj.status = undefined;
                    obj.register = undefined;
                    obj.auth = undefined;
                    obj.challenge = undefined;
                }
                if (obj.register != null) {
                    obj.subscribe = undefined;
                    obj.tombstone = undefined;
                    obj.ack = undefined;
                    obj.pull = undefined;
                    obj.status = undefined;
                    obj.config = undefined;
                    obj.auth = undefined;
                    obj.challenge = undefined;
                }
                if (obj.auth != null) {
                    obj.subscribe = undefined;
                    obj.tombstone = undefined;
                    obj.ack = undefined;
                    obj.pull = undefined;
                    obj.status = undefined;
                    obj.config = undefined;
                    obj.register = undefined;
                    obj.challenge = undefined;
                }
                if (obj.challenge != null) {
                    obj.subscribe = undefined;
                    obj.tombstone = undefined;
                    obj.ack = undefined;
                    obj.pull = undefined;
                    obj.status = undefined;
                    obj.config = undefined;
                    obj.register = undefined;
                    obj.auth = undefined;
                }
                if (obj.challenge != null) {
                    w.uint32(10);
                    ChallengeCall.codec().encode(obj.challenge, w);
                }
                if (obj.auth != null) {
                    w.uint32(18);
                    AuthCall.codec().encode(obj.auth, w);
                }
                if (obj.register != null) {
                    w.uint32(26);
                    RegisterCall.codec().encode(obj.register, w);
                }
                if (obj.config != null) {
                    w.uint32(34);
                    ConfigCall.codec().encode(obj.config, w);
                }
                if (obj.status != null) {
                    w.uint32(42);
                    StatusCall.codec().encode(obj.status, w);
                }
                if (obj.pull != null) {
                    w.uint32(50);
                    PullCall.codec().encode(obj.pull, w);
                }
                if (obj.ack != null) {
                    w.uint32(58);
                    AckCall.codec().encode(obj.ack, w);
                }
                if (obj.tombstone != null) {
                    w.uint32(66);
                    TombstoneCall.codec().encode(obj.tombstone, w);
                }
                if (obj.subscribe != null) {
                    w.uint32(74);
                    SubscribeCall.codec().encode(obj.subscribe, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.challenge = ChallengeCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.challenge
                            });
                            break;
                        }
                        case 2: {
                            obj.auth = AuthCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.auth
                            });
                            break;
                        }
                        case 3: {
                            obj.register = RegisterCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.register
                            });
                            break;
                        }
                        case 4: {
                            obj.config = ConfigCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.config
                            });
                            break;
                        }
                        case 5: {
                            obj.status = StatusCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 6: {
                            obj.pull = PullCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.pull
                            });
                            break;
                        }
                        case 7: {
                            obj.ack = AckCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.ack
                            });
                            break;
                        }
                        case 8: {
                            obj.tombstone = TombstoneCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.tombstone
                            });
                            break;
                        }
                        case 9: {
                            obj.subscribe = SubscribeCall.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.subscribe
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.subscribe != null) {
                    delete obj.tombstone;
                    delete obj.ack;
                    delete obj.pull;
                    delete obj.status;
                    delete obj.config;
                    delete obj.register;
                    delete obj.auth;
                    delete obj.challenge;
                }
                if (obj.tombstone != null) {
                    delete obj.subscribe;
                    delete obj.ack;
                    delete obj.pull;
                    delete obj.status;
                    delete obj.config;
                    delete obj.register;
                    delete obj.auth;
                    delete obj.challenge;
                }
                if (obj.ack != null) {
                    delete obj.subscribe;
                    delete obj.tombstone;
                    delete obj.pull;
                    delete obj.status;
                    delete obj.config;
                    delete obj.register;
                    delete obj.auth;
                    delete obj.challenge;
                }
                if (obj.pull != null) {
                    delete obj.subscribe;
                    delete obj.tombstone;
                    delete obj.ack;
                    delete obj.status;
                    delete obj.config;
                    delete obj.register;
                    delete obj.auth;
                    delete obj.challenge;
                }
                if (obj.status != null) {
                    delete obj.subscribe;
                    delete obj.tombstone;
                    delete obj.ack;
                    delete obj.pull;
                    delete obj.config;
                    delete obj.register;
                    delete obj.auth;
                    delete obj.challenge;
                }
                if (obj.config != null) {
                    delete obj.subscribe;
                    delete obj.tombstone;
                    delete obj.ack;
                    delete obj.pull;
                    delete obj.status;
                    delete obj.register;
                    delete obj.auth;
                    delete obj.challenge;
                }
                if (obj.register != null) {
                    delete obj.subscribe;
                    delete obj.tombstone;
                    delete obj.ack;
                    delete obj.pull;
                    delete obj.status;
                    delete obj.config;
                    delete obj.auth;
                    delete obj.challenge;
                }
                if (obj.auth != null) {
                    delete obj.subscribe;
                    delete obj.tombstone;
                    delete obj.ack;
                    delete obj.pull;
                    delete obj.status;
                    delete obj.config;
                    delete obj.register;
                    delete obj.challenge;
                }
                if (obj.challenge != null) {
                    delete obj.subscribe;
                    delete obj.tombstone;
                    delete obj.ack;
                    delete obj.pull;
                    delete obj.status;
                    delete obj.config;
                    delete obj.register;
                    delete obj.auth;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* ChallengeCall.codec().stream(reader, reader.uint32(), `${prefix}.challenge`, {
                                limits: opts.limits?.challenge
                            });
                            break;
                        }
                        case 2: {
                            yield* AuthCall.codec().stream(reader, reader.uint32(), `${prefix}.auth`, {
                                limits: opts.limits?.auth
                            });
                            break;
                        }
                        case 3: {
                            yield* RegisterCall.codec().stream(reader, reader.uint32(), `${prefix}.register`, {
                                limits: opts.limits?.register
                            });
                            break;
                        }
                        case 4: {
                            yield* ConfigCall.codec().stream(reader, reader.uint32(), `${prefix}.config`, {
                                limits: opts.limits?.config
                            });
                            break;
                        }
                        case 5: {
                            yield* StatusCall.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                                limits: opts.limits?.status
                            });
                            break;
                        }
                        case 6: {
                            yield* PullCall.codec().stream(reader, reader.uint32(), `${prefix}.pull`, {
                                limits: opts.limits?.pull
                            });
                            break;
                        }
                        case 7: {
                            yield* AckCall.codec().stream(reader, reader.uint32(), `${prefix}.ack`, {
                                limits: opts.limits?.ack
                            });
                            break;
                        }
                        case 8: {
                            yield* TombstoneCall.codec().stream(reader, reader.uint32(), `${prefix}.tombstone`, {
                                limits: opts.limits?.tombstone
                            });
                            break;
                        }
                        case 9: {
                            yield* SubscribeCall.codec().stream(reader, reader.uint32(), `${prefix}.subscribe`, {
                                limits: opts.limits?.subscribe
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, OwnerRequest.codec());
    }
    OwnerRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, OwnerRequest.codec(), opts);
    }
    OwnerRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, OwnerRequest.codec(), opts);
    }
    OwnerRequest.stream = stream;
})(OwnerRequest || (OwnerRequest = {}));
export var ChallengeCall;
(function (ChallengeCall) {
    let _codec;
    ChallengeCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ChallengeCall.codec());
    }
    ChallengeCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ChallengeCall.codec(), opts);
    }
    ChallengeCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ChallengeCall.codec(), opts);
    }
    ChallengeCall.stream = stream;
})(ChallengeCall || (ChallengeCall = {}));
export var AuthCall;
(function (AuthCall) {
    let _codec;
    AuthCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.body != null && obj.body.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.body);
                }
                if ((obj.signature != null && obj.signature.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.signature);
                }
                if (obj.deviceCert != null) {
                    w.uint32(26);
                    w.bytes(obj.deviceCert);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    body: uint8ArrayAlloc(0),
                    signature: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.body = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.signature = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.deviceCert = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.body`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.signature`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.deviceCert`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, AuthCall.codec());
    }
    AuthCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, AuthCall.codec(), opts);
    }
    AuthCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, AuthCall.codec(), opts);
    }
    AuthCall.stream = stream;
})(AuthCall || (AuthCall = {}));
export var OwnerAuthBody;
(function (OwnerAuthBody) {
    let _codec;
    OwnerAuthBody.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.relay != null && obj.relay.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.relay);
                }
                if ((obj.client != null && obj.client.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.client);
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.nonce);
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.mailbox);
                }
                if ((obj.signer != null && obj.signer.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.signer);
                }
                if ((obj.scopes != null && obj.scopes !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.scopes);
                }
                if ((obj.expiresHour != null && obj.expiresHour !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.expiresHour);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    relay: uint8ArrayAlloc(0),
                    client: uint8ArrayAlloc(0),
                    nonce: uint8ArrayAlloc(0),
                    mailbox: uint8ArrayAlloc(0),
                    signer: uint8ArrayAlloc(0),
                    scopes: 0,
                    expiresHour: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.relay = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.client = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.signer = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.scopes = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.expiresHour = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.relay`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.client`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.signer`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.scopes`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.expiresHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, OwnerAuthBody.codec());
    }
    OwnerAuthBody.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, OwnerAuthBody.codec(), opts);
    }
    OwnerAuthBody.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, OwnerAuthBody.codec(), opts);
    }
    OwnerAuthBody.stream = stream;
})(OwnerAuthBody || (OwnerAuthBody = {}));
export var RegisterCall;
(function (RegisterCall) {
    let _codec;
    RegisterCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.locator != null && obj.locator.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.locator);
                }
                if ((obj.bundle != null && obj.bundle.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.bundle);
                }
                if (obj.config != null) {
                    w.uint32(26);
                    w.bytes(obj.config);
                }
                if (obj.invite != null) {
                    w.uint32(34);
                    w.bytes(obj.invite);
                }
                if (obj.nonce != null) {
                    w.uint32(42);
                    w.bytes(obj.nonce);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    locator: uint8ArrayAlloc(0),
                    bundle: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.bundle = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.config = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.invite = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.bundle`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.config`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.invite`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, RegisterCall.codec());
    }
    RegisterCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, RegisterCall.codec(), opts);
    }
    RegisterCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, RegisterCall.codec(), opts);
    }
    RegisterCall.stream = stream;
})(RegisterCall || (RegisterCall = {}));
export var ConfigCall;
(function (ConfigCall) {
    let _codec;
    ConfigCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (obj.locator != null) {
                    w.uint32(18);
                    w.bytes(obj.locator);
                }
                if (obj.bundle != null) {
                    w.uint32(26);
                    w.bytes(obj.bundle);
                }
                if (obj.config != null) {
                    w.uint32(34);
                    w.bytes(obj.config);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.bundle = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.config = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.bundle`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.config`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, ConfigCall.codec());
    }
    ConfigCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, ConfigCall.codec(), opts);
    }
    ConfigCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, ConfigCall.codec(), opts);
    }
    ConfigCall.stream = stream;
})(ConfigCall || (ConfigCall = {}));
export var StatusCall;
(function (StatusCall) {
    let _codec;
    StatusCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, StatusCall.codec());
    }
    StatusCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, StatusCall.codec(), opts);
    }
    StatusCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, StatusCall.codec(), opts);
    }
    StatusCall.stream = stream;
})(StatusCall || (StatusCall = {}));
export var Cursor;
(function (Cursor) {
    let _codec;
    Cursor.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.epoch != null && obj.epoch.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.epoch);
                }
                if ((obj.seq != null && obj.seq !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.seq);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    epoch: uint8ArrayAlloc(0),
                    seq: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.epoch = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.seq = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.epoch`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.seq`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Cursor.codec());
    }
    Cursor.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Cursor.codec(), opts);
    }
    Cursor.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Cursor.codec(), opts);
    }
    Cursor.stream = stream;
})(Cursor || (Cursor = {}));
export var PullCall;
(function (PullCall) {
    let _codec;
    PullCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (obj.after != null) {
                    w.uint32(18);
                    Cursor.codec().encode(obj.after, w);
                }
                if ((obj.recordsMax != null && obj.recordsMax !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.recordsMax);
                }
                if ((obj.bytesMax != null && obj.bytesMax !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.bytesMax);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    recordsMax: 0,
                    bytesMax: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.after = Cursor.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.after
                            });
                            break;
                        }
                        case 3: {
                            obj.recordsMax = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.bytesMax = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield* Cursor.codec().stream(reader, reader.uint32(), `${prefix}.after`, {
                                limits: opts.limits?.after
                            });
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.recordsMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.bytesMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, PullCall.codec());
    }
    PullCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, PullCall.codec(), opts);
    }
    PullCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, PullCall.codec(), opts);
    }
    PullCall.stream = stream;
})(PullCall || (PullCall = {}));
export var AckCall;
(function (AckCall) {
    let _codec;
    AckCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (obj.upTo != null) {
                    w.uint32(18);
                    Cursor.codec().encode(obj.upTo, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.upTo = Cursor.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.upTo
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield* Cursor.codec().stream(reader, reader.uint32(), `${prefix}.upTo`, {
                                limits: opts.limits?.upTo
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, AckCall.codec());
    }
    AckCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, AckCall.codec(), opts);
    }
    AckCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, AckCall.codec(), opts);
    }
    AckCall.stream = stream;
})(AckCall || (AckCall = {}));
export var TombstoneCall;
(function (TombstoneCall) {
    let _codec;
    TombstoneCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.tombstone != null && obj.tombstone.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.tombstone);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    tombstone: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.tombstone = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.tombstone`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, TombstoneCall.codec());
    }
    TombstoneCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, TombstoneCall.codec(), opts);
    }
    TombstoneCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, TombstoneCall.codec(), opts);
    }
    TombstoneCall.stream = stream;
})(TombstoneCall || (TombstoneCall = {}));
export var SubscribeCall;
(function (SubscribeCall) {
    let _codec;
    SubscribeCall.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (obj.after != null) {
                    w.uint32(18);
                    Cursor.codec().encode(obj.after, w);
                }
                if ((obj.recordsMax != null && obj.recordsMax !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.recordsMax);
                }
                if ((obj.bytesMax != null && obj.bytesMax !== 0)) {
                    w.uint32(32);
                    w.uint32(obj.bytesMax);
                }
                if ((obj.waitMs != null && obj.waitMs !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.waitMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    recordsMax: 0,
                    bytesMax: 0,
                    waitMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.after = Cursor.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.after
                            });
                            break;
                        }
                        case 3: {
                            obj.recordsMax = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.bytesMax = reader.uint32();
                            break;
                        }
                        case 5: {
                            obj.waitMs = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield* Cursor.codec().stream(reader, reader.uint32(), `${prefix}.after`, {
                                limits: opts.limits?.after
                            });
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.recordsMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.bytesMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.waitMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SubscribeCall.codec());
    }
    SubscribeCall.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SubscribeCall.codec(), opts);
    }
    SubscribeCall.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SubscribeCall.codec(), opts);
    }
    SubscribeCall.stream = stream;
})(SubscribeCall || (SubscribeCall = {}));
export var OwnerResponse;
(function (OwnerResponse) {
    let _codec;
    OwnerResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.page != null) {
                    obj.mailbox = undefined;
                    obj.lease = undefined;
                    obj.challenge = undefined;
                }
                if (obj.mailbox != null) {
                    obj.page = undefined;
                    obj.lease = undefined;
                    obj.challenge = undefined;
                }
                if (obj.lease != null) {
                    obj.page = undefined;
                    obj.mailbox = undefined;
                    obj.challenge = undefined;
                }
                if (obj.challenge != null) {
                    obj.page = undefined;
                    obj.mailbox = undefined;
                    obj.lease = undefined;
                }
                if ((obj.status != null && obj.status !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.status);
                }
                if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.retryAfterMs);
                }
                if ((obj.limit != null && obj.limit !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.limit);
                }
                if (obj.locator != null) {
                    w.uint32(34);
                    w.bytes(obj.locator);
                }
                if (obj.challenge != null) {
                    w.uint32(42);
                    Challenge.codec().encode(obj.challenge, w);
                }
                if (obj.lease != null) {
                    w.uint32(50);
                    Lease.codec().encode(obj.lease, w);
                }
                if (obj.mailbox != null) {
                    w.uint32(58);
                    MailboxStatus.codec().encode(obj.mailbox, w);
                }
                if (obj.page != null) {
                    w.uint32(66);
                    Page.codec().encode(obj.page, w);
                }
                if ((obj.draining != null && obj.draining !== false)) {
                    w.uint32(72);
                    w.bool(obj.draining);
                }
                if ((obj.powBits != null && obj.powBits !== 0)) {
                    w.uint32(80);
                    w.uint32(obj.powBits);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    status: 0,
                    retryAfterMs: 0,
                    limit: 0,
                    draining: false,
                    powBits: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.status = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.retryAfterMs = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.limit = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.challenge = Challenge.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.challenge
                            });
                            break;
                        }
                        case 6: {
                            obj.lease = Lease.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.lease
                            });
                            break;
                        }
                        case 7: {
                            obj.mailbox = MailboxStatus.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.mailbox
                            });
                            break;
                        }
                        case 8: {
                            obj.page = Page.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.page
                            });
                            break;
                        }
                        case 9: {
                            obj.draining = reader.bool();
                            break;
                        }
                        case 10: {
                            obj.powBits = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.page != null) {
                    delete obj.mailbox;
                    delete obj.lease;
                    delete obj.challenge;
                }
                if (obj.mailbox != null) {
                    delete obj.page;
                    delete obj.lease;
                    delete obj.challenge;
                }
                if (obj.lease != null) {
                    delete obj.page;
                    delete obj.mailbox;
                    delete obj.challenge;
                }
                if (obj.challenge != null) {
                    delete obj.page;
                    delete obj.mailbox;
                    delete obj.lease;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.retryAfterMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.limit`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield* Challenge.codec().stream(reader, reader.uint32(), `${prefix}.challenge`, {
                                limits: opts.limits?.challenge
                            });
                            break;
                        }
                        case 6: {
                            yield* Lease.codec().stream(reader, reader.uint32(), `${prefix}.lease`, {
                                limits: opts.limits?.lease
                            });
                            break;
                        }
                        case 7: {
                            yield* MailboxStatus.codec().stream(reader, reader.uint32(), `${prefix}.mailbox`, {
                                limits: opts.limits?.mailbox
                            });
                            break;
                        }
                        case 8: {
                            yield* Page.codec().stream(reader, reader.uint32(), `${prefix}.page`, {
                                limits: opts.limits?.page
                            });
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.draining`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.powBits`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, OwnerResponse.codec());
    }
    OwnerResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, OwnerResponse.codec(), opts);
    }
    OwnerResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, OwnerResponse.codec(), opts);
    }
    OwnerResponse.stream = stream;
})(OwnerResponse || (OwnerResponse = {}));
export var Challenge;
(function (Challenge) {
    let _codec;
    Challenge.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.nonce != null && obj.nonce.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.nonce);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    nonce: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.nonce = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.nonce`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Challenge.codec());
    }
    Challenge.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Challenge.codec(), opts);
    }
    Challenge.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Challenge.codec(), opts);
    }
    Challenge.stream = stream;
})(Challenge || (Challenge = {}));
export var Lease;
(function (Lease) {
    let _codec;
    Lease.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.untilHour != null && obj.untilHour !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.untilHour);
                }
                if ((obj.recordsMax != null && obj.recordsMax !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.recordsMax);
                }
                if ((obj.bytesMax != null && obj.bytesMax !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.bytesMax);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    untilHour: 0,
                    recordsMax: 0,
                    bytesMax: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.untilHour = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.recordsMax = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.bytesMax = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.untilHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.recordsMax`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.bytesMax`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Lease.codec());
    }
    Lease.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Lease.codec(), opts);
    }
    Lease.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Lease.codec(), opts);
    }
    Lease.stream = stream;
})(Lease || (Lease = {}));
export var MailboxStatus;
(function (MailboxStatus) {
    let _codec;
    MailboxStatus.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.records != null && obj.records !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.records);
                }
                if ((obj.bytes != null && obj.bytes !== 0)) {
                    w.uint32(16);
                    w.uint64Number(obj.bytes);
                }
                if ((obj.oldestMs != null && obj.oldestMs !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.oldestMs);
                }
                if ((obj.newestMs != null && obj.newestMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.newestMs);
                }
                if ((obj.tombstones != null && obj.tombstones !== 0)) {
                    w.uint32(40);
                    w.uint32(obj.tombstones);
                }
                if ((obj.leaseUntilHour != null && obj.leaseUntilHour !== 0)) {
                    w.uint32(48);
                    w.uint32(obj.leaseUntilHour);
                }
                if ((obj.unacked != null && obj.unacked !== 0)) {
                    w.uint32(56);
                    w.uint32(obj.unacked);
                }
                if (obj.head != null) {
                    w.uint32(66);
                    Cursor.codec().encode(obj.head, w);
                }
                if (obj.locator != null) {
                    w.uint32(74);
                    w.bytes(obj.locator);
                }
                if (obj.bundle != null) {
                    w.uint32(82);
                    w.bytes(obj.bundle);
                }
                if ((obj.strangersRecords != null && obj.strangersRecords !== 0)) {
                    w.uint32(88);
                    w.uint32(obj.strangersRecords);
                }
                if ((obj.strangersBytes != null && obj.strangersBytes !== 0)) {
                    w.uint32(96);
                    w.uint64Number(obj.strangersBytes);
                }
                if (obj.gates != null && obj.gates.length > 0) {
                    for (const value of obj.gates) {
                        w.uint32(106);
                        GateUse.codec().encode(value, w);
                    }
                }
                if (obj.refused != null && obj.refused.length > 0) {
                    for (const value of obj.refused) {
                        w.uint32(114);
                        Refused.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    records: 0,
                    bytes: 0,
                    oldestMs: 0,
                    newestMs: 0,
                    tombstones: 0,
                    leaseUntilHour: 0,
                    unacked: 0,
                    strangersRecords: 0,
                    strangersBytes: 0,
                    gates: [],
                    refused: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.records = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.bytes = reader.uint64Number();
                            break;
                        }
                        case 3: {
                            obj.oldestMs = reader.uint64Number();
                            break;
                        }
                        case 4: {
                            obj.newestMs = reader.uint64Number();
                            break;
                        }
                        case 5: {
                            obj.tombstones = reader.uint32();
                            break;
                        }
                        case 6: {
                            obj.leaseUntilHour = reader.uint32();
                            break;
                        }
                        case 7: {
                            obj.unacked = reader.uint32();
                            break;
                        }
                        case 8: {
                            obj.head = Cursor.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.head
                            });
                            break;
                        }
                        case 9: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 10: {
                            obj.bundle = reader.bytes();
                            break;
                        }
                        case 11: {
                            obj.strangersRecords = reader.uint32();
                            break;
                        }
                        case 12: {
                            obj.strangersBytes = reader.uint64Number();
                            break;
                        }
                        case 13: {
                            if (opts.limits?.gates != null && obj.gates.length === opts.limits.gates) {
                                throw new MaxLengthError('Decode error - repeated field "gates" had too many elements');
                            }
                            if (obj.gates.length === 32) {
                                throw new MaxLengthError('Decode error - repeated field "gates" had too many elements');
                            }
                            obj.gates.push(GateUse.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.gates$
                            }));
                            break;
                        }
                        case 14: {
                            if (opts.limits?.refused != null && obj.refused.length === opts.limits.refused) {
                                throw new MaxLengthError('Decode error - repeated field "refused" had too many elements');
                            }
                            if (obj.refused.length === 64) {
                                throw new MaxLengthError('Decode error - repeated field "refused" had too many elements');
                            }
                            obj.refused.push(Refused.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.refused$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    gates: 32,
                    refused: 64
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.records`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.bytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.oldestMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.newestMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.tombstones`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.leaseUntilHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 7: {
                            yield {
                                field: `${prefix}.unacked`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 8: {
                            yield* Cursor.codec().stream(reader, reader.uint32(), `${prefix}.head`, {
                                limits: opts.limits?.head
                            });
                            break;
                        }
                        case 9: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 10: {
                            yield {
                                field: `${prefix}.bundle`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 11: {
                            yield {
                                field: `${prefix}.strangersRecords`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 12: {
                            yield {
                                field: `${prefix}.strangersBytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 13: {
                            if (opts.limits?.gates != null && obj.gates === opts.limits.gates) {
                                throw new MaxLengthError('Streaming decode error - repeated field "gates" had too many elements');
                            }
                            if (obj.gates === 32) {
                                throw new MaxLengthError('Streaming decode error - repeated field "gates" had too many elements');
                            }
                            for (const evt of GateUse.codec().stream(reader, reader.uint32(), `${prefix}.gates[]`, {
                                limits: opts.limits?.gates$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.gates
                                };
                            }
                            obj.gates++;
                            break;
                        }
                        case 14: {
                            if (opts.limits?.refused != null && obj.refused === opts.limits.refused) {
                                throw new MaxLengthError('Streaming decode error - repeated field "refused" had too many elements');
                            }
                            if (obj.refused === 64) {
                                throw new MaxLengthError('Streaming decode error - repeated field "refused" had too many elements');
                            }
                            for (const evt of Refused.codec().stream(reader, reader.uint32(), `${prefix}.refused[]`, {
                                limits: opts.limits?.refused$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.refused
                                };
                            }
                            obj.refused++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, MailboxStatus.codec());
    }
    MailboxStatus.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, MailboxStatus.codec(), opts);
    }
    MailboxStatus.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, MailboxStatus.codec(), opts);
    }
    MailboxStatus.stream = stream;
})(MailboxStatus || (MailboxStatus = {}));
export var GateUse;
(function (GateUse) {
    let _codec;
    GateUse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.gate != null && obj.gate.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.gate);
                }
                if ((obj.records != null && obj.records !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.records);
                }
                if ((obj.bytes != null && obj.bytes !== 0)) {
                    w.uint32(24);
                    w.uint64Number(obj.bytes);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    gate: uint8ArrayAlloc(0),
                    records: 0,
                    bytes: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.gate = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.records = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.bytes = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.gate`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.records`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.bytes`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, GateUse.codec());
    }
    GateUse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, GateUse.codec(), opts);
    }
    GateUse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, GateUse.codec(), opts);
    }
    GateUse.stream = stream;
})(GateUse || (GateUse = {}));
export var Refused;
(function (Refused) {
    let _codec;
    Refused.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.status != null && obj.status !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.status);
                }
                if ((obj.limit != null && obj.limit !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.limit);
                }
                if ((obj.count != null && obj.count !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.count);
                }
                if ((obj.lastMs != null && obj.lastMs !== 0)) {
                    w.uint32(32);
                    w.uint64Number(obj.lastMs);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    status: 0,
                    limit: 0,
                    count: 0,
                    lastMs: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.status = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.limit = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.count = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.lastMs = reader.uint64Number();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.limit`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.count`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.lastMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Refused.codec());
    }
    Refused.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Refused.codec(), opts);
    }
    Refused.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Refused.codec(), opts);
    }
    Refused.stream = stream;
})(Refused || (Refused = {}));
export var Page;
(function (Page) {
    let _codec;
    Page.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if (obj.next != null) {
                    w.uint32(10);
                    Cursor.codec().encode(obj.next, w);
                }
                if (obj.records != null && obj.records.length > 0) {
                    for (const value of obj.records) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if ((obj.more != null && obj.more !== false)) {
                    w.uint32(24);
                    w.bool(obj.more);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    records: [],
                    more: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.next = Cursor.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.next
                            });
                            break;
                        }
                        case 2: {
                            if (opts.limits?.records != null && obj.records.length === opts.limits.records) {
                                throw new MaxLengthError('Decode error - repeated field "records" had too many elements');
                            }
                            if (obj.records.length === 256) {
                                throw new MaxLengthError('Decode error - repeated field "records" had too many elements');
                            }
                            obj.records.push(reader.bytes());
                            break;
                        }
                        case 3: {
                            obj.more = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    records: 256
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* Cursor.codec().stream(reader, reader.uint32(), `${prefix}.next`, {
                                limits: opts.limits?.next
                            });
                            break;
                        }
                        case 2: {
                            if (opts.limits?.records != null && obj.records === opts.limits.records) {
                                throw new MaxLengthError('Streaming decode error - repeated field "records" had too many elements');
                            }
                            if (obj.records === 256) {
                                throw new MaxLengthError('Streaming decode error - repeated field "records" had too many elements');
                            }
                            yield {
                                field: `${prefix}.records[]`,
                                index: obj.records,
                                value: reader.bytes()
                            };
                            obj.records++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.more`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, Page.codec());
    }
    Page.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, Page.codec(), opts);
    }
    Page.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, Page.codec(), opts);
    }
    Page.stream = stream;
})(Page || (Page = {}));
export var SyncRequest;
(function (SyncRequest) {
    let _codec;
    SyncRequest.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                obj = { ...obj };
                if (obj.give != null) {
                    obj.want = undefined;
                    obj.items = undefined;
                    obj.mailboxes = undefined;
                    obj.hello = undefined;
                }
                if (obj.want != null) {
                    obj.give = undefined;
                    obj.items = undefined;
                    obj.mailboxes = undefined;
                    obj.hello = undefined;
                }
                if (obj.items != null) {
                    obj.give = undefined;
                    obj.want = undefined;
                    obj.mailboxes = undefined;
                    obj.hello = undefined;
                }
                if (obj.mailboxes != null) {
                    obj.give = undefined;
                    obj.want = undefined;
                    obj.items = undefined;
                    obj.hello = undefined;
                }
                if (obj.hello != null) {
                    obj.give = undefined;
                    obj.want = undefined;
                    obj.items = undefined;
                    obj.mailboxes = undefined;
                }
                if (obj.hello != null) {
                    w.uint32(10);
                    SyncHello.codec().encode(obj.hello, w);
                }
                if (obj.mailboxes != null) {
                    w.uint32(18);
                    SyncMailboxes.codec().encode(obj.mailboxes, w);
                }
                if (obj.items != null) {
                    w.uint32(26);
                    SyncItems.codec().encode(obj.items, w);
                }
                if (obj.want != null) {
                    w.uint32(34);
                    SyncWant.codec().encode(obj.want, w);
                }
                if (obj.give != null) {
                    w.uint32(42);
                    SyncGive.codec().encode(obj.give, w);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {};
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.hello = SyncHello.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.hello
                            });
                            break;
                        }
                        case 2: {
                            obj.mailboxes = SyncMailboxes.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.mailboxes
                            });
                            break;
                        }
                        case 3: {
                            obj.items = SyncItems.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.items
                            });
                            break;
                        }
                        case 4: {
                            obj.want = SyncWant.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.want
                            });
                            break;
                        }
                        case 5: {
                            obj.give = SyncGive.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.give
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                if (obj.give != null) {
                    delete obj.want;
                    delete obj.items;
                    delete obj.mailboxes;
                    delete obj.hello;
                }
                if (obj.want != null) {
                    delete obj.give;
                    delete obj.items;
                    delete obj.mailboxes;
                    delete obj.hello;
                }
                if (obj.items != null) {
                    delete obj.give;
                    delete obj.want;
                    delete obj.mailboxes;
                    delete obj.hello;
                }
                if (obj.mailboxes != null) {
                    delete obj.give;
                    delete obj.want;
                    delete obj.items;
                    delete obj.hello;
                }
                if (obj.hello != null) {
                    delete obj.give;
                    delete obj.want;
                    delete obj.items;
                    delete obj.mailboxes;
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield* SyncHello.codec().stream(reader, reader.uint32(), `${prefix}.hello`, {
                                limits: opts.limits?.hello
                            });
                            break;
                        }
                        case 2: {
                            yield* SyncMailboxes.codec().stream(reader, reader.uint32(), `${prefix}.mailboxes`, {
                                limits: opts.limits?.mailboxes
                            });
                            break;
                        }
                        case 3: {
                            yield* SyncItems.codec().stream(reader, reader.uint32(), `${prefix}.items`, {
                                limits: opts.limits?.items
                            });
                            break;
                        }
                        case 4: {
                            yield* SyncWant.codec().stream(reader, reader.uint32(), `${prefix}.want`, {
                                limits: opts.limits?.want
                            });
                            break;
                        }
                        case 5: {
                            yield* SyncGive.codec().stream(reader, reader.uint32(), `${prefix}.give`, {
                                limits: opts.limits?.give
                            });
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncRequest.codec());
    }
    SyncRequest.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncRequest.codec(), opts);
    }
    SyncRequest.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncRequest.codec(), opts);
    }
    SyncRequest.stream = stream;
})(SyncRequest || (SyncRequest = {}));
export var SyncHello;
(function (SyncHello) {
    let _codec;
    SyncHello.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.salt != null && obj.salt.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.salt);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    salt: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.salt = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.salt`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncHello.codec());
    }
    SyncHello.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncHello.codec(), opts);
    }
    SyncHello.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncHello.codec(), opts);
    }
    SyncHello.stream = stream;
})(SyncHello || (SyncHello = {}));
export var SyncMailboxes;
(function (SyncMailboxes) {
    let _codec;
    SyncMailboxes.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.ranges != null && obj.ranges.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.ranges);
                }
                if ((obj.first != null && obj.first !== false)) {
                    w.uint32(16);
                    w.bool(obj.first);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    ranges: uint8ArrayAlloc(0),
                    first: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.ranges = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.first = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.ranges`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.first`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncMailboxes.codec());
    }
    SyncMailboxes.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncMailboxes.codec(), opts);
    }
    SyncMailboxes.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncMailboxes.codec(), opts);
    }
    SyncMailboxes.stream = stream;
})(SyncMailboxes || (SyncMailboxes = {}));
export var SyncItems;
(function (SyncItems) {
    let _codec;
    SyncItems.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if ((obj.ranges != null && obj.ranges.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.ranges);
                }
                if ((obj.first != null && obj.first !== false)) {
                    w.uint32(24);
                    w.bool(obj.first);
                }
                if (obj.locator != null) {
                    w.uint32(34);
                    w.bytes(obj.locator);
                }
                if (obj.former != null) {
                    w.uint32(42);
                    w.bytes(obj.former);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    ranges: uint8ArrayAlloc(0),
                    first: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            obj.ranges = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.first = reader.bool();
                            break;
                        }
                        case 4: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.former = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.ranges`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.first`,
                                value: reader.bool()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.former`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncItems.codec());
    }
    SyncItems.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncItems.codec(), opts);
    }
    SyncItems.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncItems.codec(), opts);
    }
    SyncItems.stream = stream;
})(SyncItems || (SyncItems = {}));
export var SyncWant;
(function (SyncWant) {
    let _codec;
    SyncWant.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (obj.ids != null && obj.ids.length > 0) {
                    for (const value of obj.ids) {
                        w.uint32(18);
                        w.bytes(value);
                    }
                }
                if ((obj.noRecords != null && obj.noRecords !== false)) {
                    w.uint32(24);
                    w.bool(obj.noRecords);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    ids: [],
                    noRecords: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.ids != null && obj.ids.length === opts.limits.ids) {
                                throw new MaxLengthError('Decode error - repeated field "ids" had too many elements');
                            }
                            if (obj.ids.length === 1024) {
                                throw new MaxLengthError('Decode error - repeated field "ids" had too many elements');
                            }
                            obj.ids.push(reader.bytes());
                            break;
                        }
                        case 3: {
                            obj.noRecords = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    ids: 1024
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.ids != null && obj.ids === opts.limits.ids) {
                                throw new MaxLengthError('Streaming decode error - repeated field "ids" had too many elements');
                            }
                            if (obj.ids === 1024) {
                                throw new MaxLengthError('Streaming decode error - repeated field "ids" had too many elements');
                            }
                            yield {
                                field: `${prefix}.ids[]`,
                                index: obj.ids,
                                value: reader.bytes()
                            };
                            obj.ids++;
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.noRecords`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncWant.codec());
    }
    SyncWant.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncWant.codec(), opts);
    }
    SyncWant.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncWant.codec(), opts);
    }
    SyncWant.stream = stream;
})(SyncWant || (SyncWant = {}));
export var SyncGive;
(function (SyncGive) {
    let _codec;
    SyncGive.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.mailbox != null && obj.mailbox.byteLength > 0)) {
                    w.uint32(10);
                    w.bytes(obj.mailbox);
                }
                if (obj.items != null && obj.items.length > 0) {
                    for (const value of obj.items) {
                        w.uint32(18);
                        SyncItem.codec().encode(value, w);
                    }
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    mailbox: uint8ArrayAlloc(0),
                    items: []
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.mailbox = reader.bytes();
                            break;
                        }
                        case 2: {
                            if (opts.limits?.items != null && obj.items.length === opts.limits.items) {
                                throw new MaxLengthError('Decode error - repeated field "items" had too many elements');
                            }
                            if (obj.items.length === 256) {
                                throw new MaxLengthError('Decode error - repeated field "items" had too many elements');
                            }
                            obj.items.push(SyncItem.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.items$
                            }));
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    items: 256
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.mailbox`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 2: {
                            if (opts.limits?.items != null && obj.items === opts.limits.items) {
                                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements');
                            }
                            if (obj.items === 256) {
                                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements');
                            }
                            for (const evt of SyncItem.codec().stream(reader, reader.uint32(), `${prefix}.items[]`, {
                                limits: opts.limits?.items$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.items
                                };
                            }
                            obj.items++;
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncGive.codec());
    }
    SyncGive.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncGive.codec(), opts);
    }
    SyncGive.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncGive.codec(), opts);
    }
    SyncGive.stream = stream;
})(SyncGive || (SyncGive = {}));
export var SyncItem;
(function (SyncItem) {
    let _codec;
    SyncItem.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.kind != null && obj.kind !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.kind);
                }
                if ((obj.value != null && obj.value.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.value);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    kind: 0,
                    value: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.kind = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.value = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.kind`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.value`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncItem.codec());
    }
    SyncItem.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncItem.codec(), opts);
    }
    SyncItem.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncItem.codec(), opts);
    }
    SyncItem.stream = stream;
})(SyncItem || (SyncItem = {}));
export var SyncResponse;
(function (SyncResponse) {
    let _codec;
    SyncResponse.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.status != null && obj.status !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.status);
                }
                if ((obj.retryAfterMs != null && obj.retryAfterMs !== 0)) {
                    w.uint32(16);
                    w.uint32(obj.retryAfterMs);
                }
                if ((obj.limit != null && obj.limit !== 0)) {
                    w.uint32(24);
                    w.uint32(obj.limit);
                }
                if (obj.locator != null) {
                    w.uint32(34);
                    w.bytes(obj.locator);
                }
                if ((obj.salt != null && obj.salt.byteLength > 0)) {
                    w.uint32(42);
                    w.bytes(obj.salt);
                }
                if ((obj.ranges != null && obj.ranges.byteLength > 0)) {
                    w.uint32(50);
                    w.bytes(obj.ranges);
                }
                if (obj.items != null && obj.items.length > 0) {
                    for (const value of obj.items) {
                        w.uint32(58);
                        SyncItem.codec().encode(value, w);
                    }
                }
                if ((obj.served != null && obj.served !== 0)) {
                    w.uint32(64);
                    w.uint32(obj.served);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    status: 0,
                    retryAfterMs: 0,
                    limit: 0,
                    salt: uint8ArrayAlloc(0),
                    ranges: uint8ArrayAlloc(0),
                    items: [],
                    served: 0
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.status = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.retryAfterMs = reader.uint32();
                            break;
                        }
                        case 3: {
                            obj.limit = reader.uint32();
                            break;
                        }
                        case 4: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.salt = reader.bytes();
                            break;
                        }
                        case 6: {
                            obj.ranges = reader.bytes();
                            break;
                        }
                        case 7: {
                            if (opts.limits?.items != null && obj.items.length === opts.limits.items) {
                                throw new MaxLengthError('Decode error - repeated field "items" had too many elements');
                            }
                            if (obj.items.length === 256) {
                                throw new MaxLengthError('Decode error - repeated field "items" had too many elements');
                            }
                            obj.items.push(SyncItem.codec().decode(reader, reader.uint32(), {
                                limits: opts.limits?.items$
                            }));
                            break;
                        }
                        case 8: {
                            obj.served = reader.uint32();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    items: 256
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.status`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.retryAfterMs`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.limit`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.salt`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 6: {
                            yield {
                                field: `${prefix}.ranges`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 7: {
                            if (opts.limits?.items != null && obj.items === opts.limits.items) {
                                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements');
                            }
                            if (obj.items === 256) {
                                throw new MaxLengthError('Streaming decode error - repeated field "items" had too many elements');
                            }
                            for (const evt of SyncItem.codec().stream(reader, reader.uint32(), `${prefix}.items[]`, {
                                limits: opts.limits?.items$
                            })) {
                                yield {
                                    ...evt,
                                    index: obj.items
                                };
                            }
                            obj.items++;
                            break;
                        }
                        case 8: {
                            yield {
                                field: `${prefix}.served`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, SyncResponse.codec());
    }
    SyncResponse.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, SyncResponse.codec(), opts);
    }
    SyncResponse.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, SyncResponse.codec(), opts);
    }
    SyncResponse.stream = stream;
})(SyncResponse || (SyncResponse = {}));
export var LeftMailbox;
(function (LeftMailbox) {
    let _codec;
    LeftMailbox.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.sinceHour != null && obj.sinceHour !== 0)) {
                    w.uint32(8);
                    w.uint32(obj.sinceHour);
                }
                if ((obj.locator != null && obj.locator.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.locator);
                }
                if (obj.proved != null && obj.proved.length > 0) {
                    for (const value of obj.proved) {
                        w.uint32(26);
                        w.string(value);
                    }
                }
                if ((obj.dropped != null && obj.dropped !== false)) {
                    w.uint32(32);
                    w.bool(obj.dropped);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    sinceHour: 0,
                    locator: uint8ArrayAlloc(0),
                    proved: [],
                    dropped: false
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.sinceHour = reader.uint32();
                            break;
                        }
                        case 2: {
                            obj.locator = reader.bytes();
                            break;
                        }
                        case 3: {
                            if (opts.limits?.proved != null && obj.proved.length === opts.limits.proved) {
                                throw new MaxLengthError('Decode error - repeated field "proved" had too many elements');
                            }
                            if (obj.proved.length === 8) {
                                throw new MaxLengthError('Decode error - repeated field "proved" had too many elements');
                            }
                            obj.proved.push(reader.string());
                            break;
                        }
                        case 4: {
                            obj.dropped = reader.bool();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const obj = {
                    proved: 8
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.sinceHour`,
                                value: reader.uint32()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.locator`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            if (opts.limits?.proved != null && obj.proved === opts.limits.proved) {
                                throw new MaxLengthError('Streaming decode error - repeated field "proved" had too many elements');
                            }
                            if (obj.proved === 8) {
                                throw new MaxLengthError('Streaming decode error - repeated field "proved" had too many elements');
                            }
                            yield {
                                field: `${prefix}.proved[]`,
                                index: obj.proved,
                                value: reader.string()
                            };
                            obj.proved++;
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.dropped`,
                                value: reader.bool()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, LeftMailbox.codec());
    }
    LeftMailbox.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, LeftMailbox.codec(), opts);
    }
    LeftMailbox.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, LeftMailbox.codec(), opts);
    }
    LeftMailbox.stream = stream;
})(LeftMailbox || (LeftMailbox = {}));
export var StoredRecord;
(function (StoredRecord) {
    let _codec;
    StoredRecord.codec = () => {
        if (_codec == null) {
            _codec = message((obj, w, opts = {}) => {
                if (opts.lengthDelimited !== false) {
                    w.fork();
                }
                if ((obj.receivedMs != null && obj.receivedMs !== 0)) {
                    w.uint32(8);
                    w.uint64Number(obj.receivedMs);
                }
                if ((obj.header != null && obj.header.byteLength > 0)) {
                    w.uint32(18);
                    w.bytes(obj.header);
                }
                if ((obj.enc != null && obj.enc.byteLength > 0)) {
                    w.uint32(26);
                    w.bytes(obj.enc);
                }
                if ((obj.ct != null && obj.ct.byteLength > 0)) {
                    w.uint32(34);
                    w.bytes(obj.ct);
                }
                if (obj.proof != null) {
                    w.uint32(42);
                    w.bytes(obj.proof);
                }
                if (opts.lengthDelimited !== false) {
                    w.ldelim();
                }
            }, (reader, length, opts = {}) => {
                const obj = {
                    receivedMs: 0,
                    header: uint8ArrayAlloc(0),
                    enc: uint8ArrayAlloc(0),
                    ct: uint8ArrayAlloc(0)
                };
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            obj.receivedMs = reader.uint64Number();
                            break;
                        }
                        case 2: {
                            obj.header = reader.bytes();
                            break;
                        }
                        case 3: {
                            obj.enc = reader.bytes();
                            break;
                        }
                        case 4: {
                            obj.ct = reader.bytes();
                            break;
                        }
                        case 5: {
                            obj.proof = reader.bytes();
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
                return obj;
            }, function* (reader, length, prefix, opts = {}) {
                const end = length == null ? reader.len : reader.pos + length;
                while (reader.pos < end) {
                    const tag = reader.uint32();
                    switch (tag >>> 3) {
                        case 1: {
                            yield {
                                field: `${prefix}.receivedMs`,
                                value: reader.uint64Number()
                            };
                            break;
                        }
                        case 2: {
                            yield {
                                field: `${prefix}.header`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 3: {
                            yield {
                                field: `${prefix}.enc`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 4: {
                            yield {
                                field: `${prefix}.ct`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        case 5: {
                            yield {
                                field: `${prefix}.proof`,
                                value: reader.bytes()
                            };
                            break;
                        }
                        default: {
                            reader.skipType(tag & 7);
                            break;
                        }
                    }
                }
            });
        }
        return _codec;
    };
    function encode(obj) {
        return encodeMessage(obj, StoredRecord.codec());
    }
    StoredRecord.encode = encode;
    function decode(buf, opts) {
        return decodeMessage(buf, StoredRecord.codec(), opts);
    }
    StoredRecord.decode = decode;
    function stream(buf, opts) {
        return streamMessage(buf, StoredRecord.codec(), opts);
    }
    StoredRecord.stream = stream;
})(StoredRecord || (StoredRecord = {}));
