// Generated from messages.proto by "npm run generate". Do not edit.
import type { Codec, DecodeOptions } from 'protons-runtime';
import type { Uint8ArrayList } from 'uint8arraylist';
export interface Record {
    header: Uint8Array;
    enc: Uint8Array;
    ct: Uint8Array;
}
export declare namespace Record {
    const codec: () => Codec<Record>;
    interface RecordHeaderFieldEvent {
        field: '$.header';
        value: Uint8Array;
    }
    interface RecordEncFieldEvent {
        field: '$.enc';
        value: Uint8Array;
    }
    interface RecordCtFieldEvent {
        field: '$.ct';
        value: Uint8Array;
    }
    function encode(obj: Partial<Record>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Record;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Record>): Generator<RecordHeaderFieldEvent | RecordEncFieldEvent | RecordCtFieldEvent>;
}
export interface EnvelopeHeader {
    version: number;
    mailbox: Uint8Array;
    suite: number;
    keyId: Uint8Array;
    expiresHour: number;
    class: number;
}
export declare namespace EnvelopeHeader {
    const codec: () => Codec<EnvelopeHeader>;
    interface EnvelopeHeaderVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface EnvelopeHeaderMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface EnvelopeHeaderSuiteFieldEvent {
        field: '$.suite';
        value: number;
    }
    interface EnvelopeHeaderKeyIdFieldEvent {
        field: '$.keyId';
        value: Uint8Array;
    }
    interface EnvelopeHeaderExpiresHourFieldEvent {
        field: '$.expiresHour';
        value: number;
    }
    interface EnvelopeHeaderClassFieldEvent {
        field: '$.class';
        value: number;
    }
    function encode(obj: Partial<EnvelopeHeader>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EnvelopeHeader>): EnvelopeHeader;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<EnvelopeHeader>): Generator<EnvelopeHeaderVersionFieldEvent | EnvelopeHeaderMailboxFieldEvent | EnvelopeHeaderSuiteFieldEvent | EnvelopeHeaderKeyIdFieldEvent | EnvelopeHeaderExpiresHourFieldEvent | EnvelopeHeaderClassFieldEvent>;
}
export interface Inner {
    sender: Uint8Array;
    authType: number;
    auth: Uint8Array;
    deviceCert?: Uint8Array;
    tbs: Uint8Array;
}
export declare namespace Inner {
    const codec: () => Codec<Inner>;
    interface InnerSenderFieldEvent {
        field: '$.sender';
        value: Uint8Array;
    }
    interface InnerAuthTypeFieldEvent {
        field: '$.authType';
        value: number;
    }
    interface InnerAuthFieldEvent {
        field: '$.auth';
        value: Uint8Array;
    }
    interface InnerDeviceCertFieldEvent {
        field: '$.deviceCert';
        value: Uint8Array;
    }
    interface InnerTbsFieldEvent {
        field: '$.tbs';
        value: Uint8Array;
    }
    function encode(obj: Partial<Inner>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Inner>): Inner;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Inner>): Generator<InnerSenderFieldEvent | InnerAuthTypeFieldEvent | InnerAuthFieldEvent | InnerDeviceCertFieldEvent | InnerTbsFieldEvent>;
}
export interface ToBeSigned {
    uid: Uint8Array;
    createdMs: number;
    contentType: string;
    body: Uint8Array;
    inReplyTo?: Uint8Array;
    returnLocator?: Uint8Array;
    subject?: string;
    invitation?: Uint8Array;
    gate?: Uint8Array;
}
export declare namespace ToBeSigned {
    const codec: () => Codec<ToBeSigned>;
    interface ToBeSignedUidFieldEvent {
        field: '$.uid';
        value: Uint8Array;
    }
    interface ToBeSignedCreatedMsFieldEvent {
        field: '$.createdMs';
        value: number;
    }
    interface ToBeSignedContentTypeFieldEvent {
        field: '$.contentType';
        value: string;
    }
    interface ToBeSignedBodyFieldEvent {
        field: '$.body';
        value: Uint8Array;
    }
    interface ToBeSignedInReplyToFieldEvent {
        field: '$.inReplyTo';
        value: Uint8Array;
    }
    interface ToBeSignedReturnLocatorFieldEvent {
        field: '$.returnLocator';
        value: Uint8Array;
    }
    interface ToBeSignedSubjectFieldEvent {
        field: '$.subject';
        value: string;
    }
    interface ToBeSignedInvitationFieldEvent {
        field: '$.invitation';
        value: Uint8Array;
    }
    interface ToBeSignedGateFieldEvent {
        field: '$.gate';
        value: Uint8Array;
    }
    function encode(obj: Partial<ToBeSigned>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ToBeSigned>): ToBeSigned;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ToBeSigned>): Generator<ToBeSignedUidFieldEvent | ToBeSignedCreatedMsFieldEvent | ToBeSignedContentTypeFieldEvent | ToBeSignedBodyFieldEvent | ToBeSignedInReplyToFieldEvent | ToBeSignedReturnLocatorFieldEvent | ToBeSignedSubjectFieldEvent | ToBeSignedInvitationFieldEvent | ToBeSignedGateFieldEvent>;
}
export interface Proof {
    gate: Uint8Array;
    signature: Uint8Array;
    nonce: Uint8Array;
}
export declare namespace Proof {
    const codec: () => Codec<Proof>;
    interface ProofGateFieldEvent {
        field: '$.gate';
        value: Uint8Array;
    }
    interface ProofSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    interface ProofNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array;
    }
    function encode(obj: Partial<Proof>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Proof>): Proof;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Proof>): Generator<ProofGateFieldEvent | ProofSignatureFieldEvent | ProofNonceFieldEvent>;
}
export interface Locator {
    version: number;
    seq: number;
    issuedHour: number;
    validUntilHour: number;
    relays: LocatorRelay[];
    writeQuorum: number;
    bundleMinSeq: number;
    closed: boolean;
}
export declare namespace Locator {
    const codec: () => Codec<Locator>;
    interface LocatorVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface LocatorSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface LocatorIssuedHourFieldEvent {
        field: '$.issuedHour';
        value: number;
    }
    interface LocatorValidUntilHourFieldEvent {
        field: '$.validUntilHour';
        value: number;
    }
    interface LocatorRelaysPeerIdFieldEvent {
        field: '$.relays[].peerId';
        value: Uint8Array;
        index: number;
    }
    interface LocatorRelaysAddressesFieldEvent {
        field: '$.relays[].addresses[]';
        index: number;
        value: Uint8Array;
    }
    interface LocatorRelaysRoleFieldEvent {
        field: '$.relays[].role';
        value: number;
        index: number;
    }
    interface LocatorWriteQuorumFieldEvent {
        field: '$.writeQuorum';
        value: number;
    }
    interface LocatorBundleMinSeqFieldEvent {
        field: '$.bundleMinSeq';
        value: number;
    }
    interface LocatorClosedFieldEvent {
        field: '$.closed';
        value: boolean;
    }
    function encode(obj: Partial<Locator>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Locator>): Locator;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Locator>): Generator<LocatorVersionFieldEvent | LocatorSeqFieldEvent | LocatorIssuedHourFieldEvent | LocatorValidUntilHourFieldEvent | LocatorRelaysPeerIdFieldEvent | LocatorRelaysAddressesFieldEvent | LocatorRelaysRoleFieldEvent | LocatorWriteQuorumFieldEvent | LocatorBundleMinSeqFieldEvent | LocatorClosedFieldEvent>;
}
export interface LocatorRelay {
    peerId: Uint8Array;
    addresses: Uint8Array[];
    role: number;
}
export declare namespace LocatorRelay {
    const codec: () => Codec<LocatorRelay>;
    interface LocatorRelayPeerIdFieldEvent {
        field: '$.peerId';
        value: Uint8Array;
    }
    interface LocatorRelayAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: Uint8Array;
    }
    interface LocatorRelayRoleFieldEvent {
        field: '$.role';
        value: number;
    }
    function encode(obj: Partial<LocatorRelay>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorRelay>): LocatorRelay;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorRelay>): Generator<LocatorRelayPeerIdFieldEvent | LocatorRelayAddressesFieldEvent | LocatorRelayRoleFieldEvent>;
}
export interface KeyBundle {
    version: number;
    seq: number;
    issuedHour: number;
    validUntilHour: number;
    keys: BundleKey[];
    strangers: number;
    classBytesMax: number;
    ttlHoursMax: number;
    powBits: number;
    strangersClassBytesMax: number;
    strangersTtlHoursMax: number;
    gates: BundleGate[];
    before?: StrangersBefore;
}
export declare namespace KeyBundle {
    const codec: () => Codec<KeyBundle>;
    interface KeyBundleVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface KeyBundleSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface KeyBundleIssuedHourFieldEvent {
        field: '$.issuedHour';
        value: number;
    }
    interface KeyBundleValidUntilHourFieldEvent {
        field: '$.validUntilHour';
        value: number;
    }
    interface KeyBundleKeysSuiteFieldEvent {
        field: '$.keys[].suite';
        value: number;
        index: number;
    }
    interface KeyBundleKeysKeyIdFieldEvent {
        field: '$.keys[].keyId';
        value: Uint8Array;
        index: number;
    }
    interface KeyBundleKeysPublicKeyFieldEvent {
        field: '$.keys[].publicKey';
        value: Uint8Array;
        index: number;
    }
    interface KeyBundleKeysNotAfterHourFieldEvent {
        field: '$.keys[].notAfterHour';
        value: number;
        index: number;
    }
    interface KeyBundleKeysLastResortFieldEvent {
        field: '$.keys[].lastResort';
        value: boolean;
        index: number;
    }
    interface KeyBundleStrangersFieldEvent {
        field: '$.strangers';
        value: number;
    }
    interface KeyBundleClassBytesMaxFieldEvent {
        field: '$.classBytesMax';
        value: number;
    }
    interface KeyBundleTtlHoursMaxFieldEvent {
        field: '$.ttlHoursMax';
        value: number;
    }
    interface KeyBundlePowBitsFieldEvent {
        field: '$.powBits';
        value: number;
    }
    interface KeyBundleStrangersClassBytesMaxFieldEvent {
        field: '$.strangersClassBytesMax';
        value: number;
    }
    interface KeyBundleStrangersTtlHoursMaxFieldEvent {
        field: '$.strangersTtlHoursMax';
        value: number;
    }
    interface KeyBundleGatesPublicKeyFieldEvent {
        field: '$.gates[].publicKey';
        value: Uint8Array;
        index: number;
    }
    interface KeyBundleGatesShareFieldEvent {
        field: '$.gates[].share';
        value: number;
        index: number;
    }
    interface KeyBundleGatesRevokedHourFieldEvent {
        field: '$.gates[].revokedHour';
        value: number;
        index: number;
    }
    interface KeyBundleBeforeStrangersFieldEvent {
        field: '$.before.strangers';
        value: number;
    }
    interface KeyBundleBeforePowBitsFieldEvent {
        field: '$.before.powBits';
        value: number;
    }
    interface KeyBundleBeforeUntilHourFieldEvent {
        field: '$.before.untilHour';
        value: number;
    }
    function encode(obj: Partial<KeyBundle>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyBundle>): KeyBundle;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyBundle>): Generator<KeyBundleVersionFieldEvent | KeyBundleSeqFieldEvent | KeyBundleIssuedHourFieldEvent | KeyBundleValidUntilHourFieldEvent | KeyBundleKeysSuiteFieldEvent | KeyBundleKeysKeyIdFieldEvent | KeyBundleKeysPublicKeyFieldEvent | KeyBundleKeysNotAfterHourFieldEvent | KeyBundleKeysLastResortFieldEvent | KeyBundleStrangersFieldEvent | KeyBundleClassBytesMaxFieldEvent | KeyBundleTtlHoursMaxFieldEvent | KeyBundlePowBitsFieldEvent | KeyBundleStrangersClassBytesMaxFieldEvent | KeyBundleStrangersTtlHoursMaxFieldEvent | KeyBundleGatesPublicKeyFieldEvent | KeyBundleGatesShareFieldEvent | KeyBundleGatesRevokedHourFieldEvent | KeyBundleBeforeStrangersFieldEvent | KeyBundleBeforePowBitsFieldEvent | KeyBundleBeforeUntilHourFieldEvent>;
}
export interface BundleGate {
    publicKey: Uint8Array;
    share: number;
    revokedHour: number;
}
export declare namespace BundleGate {
    const codec: () => Codec<BundleGate>;
    interface BundleGatePublicKeyFieldEvent {
        field: '$.publicKey';
        value: Uint8Array;
    }
    interface BundleGateShareFieldEvent {
        field: '$.share';
        value: number;
    }
    interface BundleGateRevokedHourFieldEvent {
        field: '$.revokedHour';
        value: number;
    }
    function encode(obj: Partial<BundleGate>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BundleGate>): BundleGate;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BundleGate>): Generator<BundleGatePublicKeyFieldEvent | BundleGateShareFieldEvent | BundleGateRevokedHourFieldEvent>;
}
export interface StrangersBefore {
    strangers: number;
    powBits: number;
    untilHour: number;
}
export declare namespace StrangersBefore {
    const codec: () => Codec<StrangersBefore>;
    interface StrangersBeforeStrangersFieldEvent {
        field: '$.strangers';
        value: number;
    }
    interface StrangersBeforePowBitsFieldEvent {
        field: '$.powBits';
        value: number;
    }
    interface StrangersBeforeUntilHourFieldEvent {
        field: '$.untilHour';
        value: number;
    }
    function encode(obj: Partial<StrangersBefore>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StrangersBefore>): StrangersBefore;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StrangersBefore>): Generator<StrangersBeforeStrangersFieldEvent | StrangersBeforePowBitsFieldEvent | StrangersBeforeUntilHourFieldEvent>;
}
export interface BundleKey {
    suite: number;
    keyId: Uint8Array;
    publicKey: Uint8Array;
    notAfterHour: number;
    lastResort: boolean;
}
export declare namespace BundleKey {
    const codec: () => Codec<BundleKey>;
    interface BundleKeySuiteFieldEvent {
        field: '$.suite';
        value: number;
    }
    interface BundleKeyKeyIdFieldEvent {
        field: '$.keyId';
        value: Uint8Array;
    }
    interface BundleKeyPublicKeyFieldEvent {
        field: '$.publicKey';
        value: Uint8Array;
    }
    interface BundleKeyNotAfterHourFieldEvent {
        field: '$.notAfterHour';
        value: number;
    }
    interface BundleKeyLastResortFieldEvent {
        field: '$.lastResort';
        value: boolean;
    }
    function encode(obj: Partial<BundleKey>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BundleKey>): BundleKey;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<BundleKey>): Generator<BundleKeySuiteFieldEvent | BundleKeyKeyIdFieldEvent | BundleKeyPublicKeyFieldEvent | BundleKeyNotAfterHourFieldEvent | BundleKeyLastResortFieldEvent>;
}
export interface HostConfig {
    version: number;
    seq: number;
    issuedHour: number;
    deviceCerts: Uint8Array[];
    revoked: Uint8Array[];
    quotaBytes: number;
}
export declare namespace HostConfig {
    const codec: () => Codec<HostConfig>;
    interface HostConfigVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface HostConfigSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface HostConfigIssuedHourFieldEvent {
        field: '$.issuedHour';
        value: number;
    }
    interface HostConfigDeviceCertsFieldEvent {
        field: '$.deviceCerts[]';
        index: number;
        value: Uint8Array;
    }
    interface HostConfigRevokedFieldEvent {
        field: '$.revoked[]';
        index: number;
        value: Uint8Array;
    }
    interface HostConfigQuotaBytesFieldEvent {
        field: '$.quotaBytes';
        value: number;
    }
    function encode(obj: Partial<HostConfig>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HostConfig>): HostConfig;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<HostConfig>): Generator<HostConfigVersionFieldEvent | HostConfigSeqFieldEvent | HostConfigIssuedHourFieldEvent | HostConfigDeviceCertsFieldEvent | HostConfigRevokedFieldEvent | HostConfigQuotaBytesFieldEvent>;
}
export interface DeviceCertificate {
    version: number;
    device: Uint8Array;
    scopes: number;
    notBeforeHour: number;
    notAfterHour: number;
    serial: Uint8Array;
}
export declare namespace DeviceCertificate {
    const codec: () => Codec<DeviceCertificate>;
    interface DeviceCertificateVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface DeviceCertificateDeviceFieldEvent {
        field: '$.device';
        value: Uint8Array;
    }
    interface DeviceCertificateScopesFieldEvent {
        field: '$.scopes';
        value: number;
    }
    interface DeviceCertificateNotBeforeHourFieldEvent {
        field: '$.notBeforeHour';
        value: number;
    }
    interface DeviceCertificateNotAfterHourFieldEvent {
        field: '$.notAfterHour';
        value: number;
    }
    interface DeviceCertificateSerialFieldEvent {
        field: '$.serial';
        value: Uint8Array;
    }
    function encode(obj: Partial<DeviceCertificate>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceCertificate>): DeviceCertificate;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DeviceCertificate>): Generator<DeviceCertificateVersionFieldEvent | DeviceCertificateDeviceFieldEvent | DeviceCertificateScopesFieldEvent | DeviceCertificateNotBeforeHourFieldEvent | DeviceCertificateNotAfterHourFieldEvent | DeviceCertificateSerialFieldEvent>;
}
export interface Invitation {
    version: number;
    token: Uint8Array;
    expiresHour: number;
    name?: string;
    relays: InvitationRelay[];
    gate?: Uint8Array;
}
export declare namespace Invitation {
    const codec: () => Codec<Invitation>;
    interface InvitationVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface InvitationTokenFieldEvent {
        field: '$.token';
        value: Uint8Array;
    }
    interface InvitationExpiresHourFieldEvent {
        field: '$.expiresHour';
        value: number;
    }
    interface InvitationNameFieldEvent {
        field: '$.name';
        value: string;
    }
    interface InvitationRelaysPeerIdFieldEvent {
        field: '$.relays[].peerId';
        value: Uint8Array;
        index: number;
    }
    interface InvitationRelaysAddressFieldEvent {
        field: '$.relays[].address';
        value: Uint8Array;
        index: number;
    }
    interface InvitationGateFieldEvent {
        field: '$.gate';
        value: Uint8Array;
    }
    function encode(obj: Partial<Invitation>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invitation>): Invitation;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Invitation>): Generator<InvitationVersionFieldEvent | InvitationTokenFieldEvent | InvitationExpiresHourFieldEvent | InvitationNameFieldEvent | InvitationRelaysPeerIdFieldEvent | InvitationRelaysAddressFieldEvent | InvitationGateFieldEvent>;
}
export interface InvitationRelay {
    peerId: Uint8Array;
    address: Uint8Array;
}
export declare namespace InvitationRelay {
    const codec: () => Codec<InvitationRelay>;
    interface InvitationRelayPeerIdFieldEvent {
        field: '$.peerId';
        value: Uint8Array;
    }
    interface InvitationRelayAddressFieldEvent {
        field: '$.address';
        value: Uint8Array;
    }
    function encode(obj: Partial<InvitationRelay>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InvitationRelay>): InvitationRelay;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InvitationRelay>): Generator<InvitationRelayPeerIdFieldEvent | InvitationRelayAddressFieldEvent>;
}
export interface RelayAdvert {
    version: number;
    issuedMs: number;
    validUntilMs: number;
    addresses: Uint8Array[];
    program: string;
    room: number;
    recordsPerMailbox: number;
    bytesPerMailbox: number;
    classBytesMax: number;
    ttlHoursMax: number;
    registration: number;
    draining: boolean;
    registrationBits: number;
}
export declare namespace RelayAdvert {
    const codec: () => Codec<RelayAdvert>;
    interface RelayAdvertVersionFieldEvent {
        field: '$.version';
        value: number;
    }
    interface RelayAdvertIssuedMsFieldEvent {
        field: '$.issuedMs';
        value: number;
    }
    interface RelayAdvertValidUntilMsFieldEvent {
        field: '$.validUntilMs';
        value: number;
    }
    interface RelayAdvertAddressesFieldEvent {
        field: '$.addresses[]';
        index: number;
        value: Uint8Array;
    }
    interface RelayAdvertProgramFieldEvent {
        field: '$.program';
        value: string;
    }
    interface RelayAdvertRoomFieldEvent {
        field: '$.room';
        value: number;
    }
    interface RelayAdvertRecordsPerMailboxFieldEvent {
        field: '$.recordsPerMailbox';
        value: number;
    }
    interface RelayAdvertBytesPerMailboxFieldEvent {
        field: '$.bytesPerMailbox';
        value: number;
    }
    interface RelayAdvertClassBytesMaxFieldEvent {
        field: '$.classBytesMax';
        value: number;
    }
    interface RelayAdvertTtlHoursMaxFieldEvent {
        field: '$.ttlHoursMax';
        value: number;
    }
    interface RelayAdvertRegistrationFieldEvent {
        field: '$.registration';
        value: number;
    }
    interface RelayAdvertDrainingFieldEvent {
        field: '$.draining';
        value: boolean;
    }
    interface RelayAdvertRegistrationBitsFieldEvent {
        field: '$.registrationBits';
        value: number;
    }
    function encode(obj: Partial<RelayAdvert>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayAdvert>): RelayAdvert;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayAdvert>): Generator<RelayAdvertVersionFieldEvent | RelayAdvertIssuedMsFieldEvent | RelayAdvertValidUntilMsFieldEvent | RelayAdvertAddressesFieldEvent | RelayAdvertProgramFieldEvent | RelayAdvertRoomFieldEvent | RelayAdvertRecordsPerMailboxFieldEvent | RelayAdvertBytesPerMailboxFieldEvent | RelayAdvertClassBytesMaxFieldEvent | RelayAdvertTtlHoursMaxFieldEvent | RelayAdvertRegistrationFieldEvent | RelayAdvertDrainingFieldEvent | RelayAdvertRegistrationBitsFieldEvent>;
}
export interface ReceiptBody {
    mailbox: Uint8Array;
    recordId: Uint8Array;
    receivedMs: number;
    keepUntilHour: number;
}
export declare namespace ReceiptBody {
    const codec: () => Codec<ReceiptBody>;
    interface ReceiptBodyMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface ReceiptBodyRecordIdFieldEvent {
        field: '$.recordId';
        value: Uint8Array;
    }
    interface ReceiptBodyReceivedMsFieldEvent {
        field: '$.receivedMs';
        value: number;
    }
    interface ReceiptBodyKeepUntilHourFieldEvent {
        field: '$.keepUntilHour';
        value: number;
    }
    function encode(obj: Partial<ReceiptBody>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReceiptBody>): ReceiptBody;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReceiptBody>): Generator<ReceiptBodyMailboxFieldEvent | ReceiptBodyRecordIdFieldEvent | ReceiptBodyReceivedMsFieldEvent | ReceiptBodyKeepUntilHourFieldEvent>;
}
export interface Receipt {
    relay: Uint8Array;
    body: Uint8Array;
    index: number;
    leaves: number;
    path: Uint8Array[];
    signature: Uint8Array;
}
export declare namespace Receipt {
    const codec: () => Codec<Receipt>;
    interface ReceiptRelayFieldEvent {
        field: '$.relay';
        value: Uint8Array;
    }
    interface ReceiptBodyFieldEvent {
        field: '$.body';
        value: Uint8Array;
    }
    interface ReceiptIndexFieldEvent {
        field: '$.index';
        value: number;
    }
    interface ReceiptLeavesFieldEvent {
        field: '$.leaves';
        value: number;
    }
    interface ReceiptPathFieldEvent {
        field: '$.path[]';
        index: number;
        value: Uint8Array;
    }
    interface ReceiptSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    function encode(obj: Partial<Receipt>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Receipt;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Receipt>): Generator<ReceiptRelayFieldEvent | ReceiptBodyFieldEvent | ReceiptIndexFieldEvent | ReceiptLeavesFieldEvent | ReceiptPathFieldEvent | ReceiptSignatureFieldEvent>;
}
export interface TombstoneBody {
    mailbox: Uint8Array;
    ids: Uint8Array;
    dropAfterHour: number;
    issuedMs: number;
}
export declare namespace TombstoneBody {
    const codec: () => Codec<TombstoneBody>;
    interface TombstoneBodyMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface TombstoneBodyIdsFieldEvent {
        field: '$.ids';
        value: Uint8Array;
    }
    interface TombstoneBodyDropAfterHourFieldEvent {
        field: '$.dropAfterHour';
        value: number;
    }
    interface TombstoneBodyIssuedMsFieldEvent {
        field: '$.issuedMs';
        value: number;
    }
    function encode(obj: Partial<TombstoneBody>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TombstoneBody>): TombstoneBody;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TombstoneBody>): Generator<TombstoneBodyMailboxFieldEvent | TombstoneBodyIdsFieldEvent | TombstoneBodyDropAfterHourFieldEvent | TombstoneBodyIssuedMsFieldEvent>;
}
export interface Tombstone {
    body: Uint8Array;
    signer: Uint8Array;
    signature: Uint8Array;
    deviceCert?: Uint8Array;
}
export declare namespace Tombstone {
    const codec: () => Codec<Tombstone>;
    interface TombstoneBodyFieldEvent {
        field: '$.body';
        value: Uint8Array;
    }
    interface TombstoneSignerFieldEvent {
        field: '$.signer';
        value: Uint8Array;
    }
    interface TombstoneSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    interface TombstoneDeviceCertFieldEvent {
        field: '$.deviceCert';
        value: Uint8Array;
    }
    function encode(obj: Partial<Tombstone>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Tombstone>): Tombstone;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Tombstone>): Generator<TombstoneBodyFieldEvent | TombstoneSignerFieldEvent | TombstoneSignatureFieldEvent | TombstoneDeviceCertFieldEvent>;
}
export interface LocatorRequest {
    get?: LocatorGet;
    put?: LocatorPut;
    have?: LocatorHave;
}
export declare namespace LocatorRequest {
    const codec: () => Codec<LocatorRequest>;
    interface LocatorRequestGetMailboxFieldEvent {
        field: '$.get.mailbox';
        value: Uint8Array;
    }
    interface LocatorRequestPutLocatorFieldEvent {
        field: '$.put.locator';
        value: Uint8Array;
    }
    interface LocatorRequestHaveItemsMailboxFieldEvent {
        field: '$.have.items[].mailbox';
        value: Uint8Array;
        index: number;
    }
    interface LocatorRequestHaveItemsSeqFieldEvent {
        field: '$.have.items[].seq';
        value: number;
        index: number;
    }
    interface LocatorRequestHaveItemsDigestFieldEvent {
        field: '$.have.items[].digest';
        value: Uint8Array;
        index: number;
    }
    function encode(obj: Partial<LocatorRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorRequest>): LocatorRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorRequest>): Generator<LocatorRequestGetMailboxFieldEvent | LocatorRequestPutLocatorFieldEvent | LocatorRequestHaveItemsMailboxFieldEvent | LocatorRequestHaveItemsSeqFieldEvent | LocatorRequestHaveItemsDigestFieldEvent>;
}
export interface LocatorGet {
    mailbox: Uint8Array;
}
export declare namespace LocatorGet {
    const codec: () => Codec<LocatorGet>;
    interface LocatorGetMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    function encode(obj: Partial<LocatorGet>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorGet>): LocatorGet;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorGet>): Generator<LocatorGetMailboxFieldEvent>;
}
export interface LocatorPut {
    locator: Uint8Array;
}
export declare namespace LocatorPut {
    const codec: () => Codec<LocatorPut>;
    interface LocatorPutLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    function encode(obj: Partial<LocatorPut>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorPut>): LocatorPut;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorPut>): Generator<LocatorPutLocatorFieldEvent>;
}
export interface LocatorHave {
    items: LocatorDigest[];
}
export declare namespace LocatorHave {
    const codec: () => Codec<LocatorHave>;
    interface LocatorHaveItemsMailboxFieldEvent {
        field: '$.items[].mailbox';
        value: Uint8Array;
        index: number;
    }
    interface LocatorHaveItemsSeqFieldEvent {
        field: '$.items[].seq';
        value: number;
        index: number;
    }
    interface LocatorHaveItemsDigestFieldEvent {
        field: '$.items[].digest';
        value: Uint8Array;
        index: number;
    }
    function encode(obj: Partial<LocatorHave>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorHave>): LocatorHave;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorHave>): Generator<LocatorHaveItemsMailboxFieldEvent | LocatorHaveItemsSeqFieldEvent | LocatorHaveItemsDigestFieldEvent>;
}
export interface LocatorDigest {
    mailbox: Uint8Array;
    seq: number;
    digest: Uint8Array;
}
export declare namespace LocatorDigest {
    const codec: () => Codec<LocatorDigest>;
    interface LocatorDigestMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface LocatorDigestSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    interface LocatorDigestDigestFieldEvent {
        field: '$.digest';
        value: Uint8Array;
    }
    function encode(obj: Partial<LocatorDigest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorDigest>): LocatorDigest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorDigest>): Generator<LocatorDigestMailboxFieldEvent | LocatorDigestSeqFieldEvent | LocatorDigestDigestFieldEvent>;
}
export interface LocatorResponse {
    status: number;
    retryAfterMs: number;
    limit: number;
    locator?: Uint8Array;
    want: Uint8Array[];
}
export declare namespace LocatorResponse {
    const codec: () => Codec<LocatorResponse>;
    interface LocatorResponseStatusFieldEvent {
        field: '$.status';
        value: number;
    }
    interface LocatorResponseRetryAfterMsFieldEvent {
        field: '$.retryAfterMs';
        value: number;
    }
    interface LocatorResponseLimitFieldEvent {
        field: '$.limit';
        value: number;
    }
    interface LocatorResponseLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface LocatorResponseWantFieldEvent {
        field: '$.want[]';
        index: number;
        value: Uint8Array;
    }
    function encode(obj: Partial<LocatorResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorResponse>): LocatorResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LocatorResponse>): Generator<LocatorResponseStatusFieldEvent | LocatorResponseRetryAfterMsFieldEvent | LocatorResponseLimitFieldEvent | LocatorResponseLocatorFieldEvent | LocatorResponseWantFieldEvent>;
}
export interface DepositRequest {
    info?: InfoCall;
    deposit?: DepositCall;
}
export declare namespace DepositRequest {
    const codec: () => Codec<DepositRequest>;
    interface DepositRequestInfoMailboxFieldEvent {
        field: '$.info.mailbox';
        value: Uint8Array;
    }
    interface DepositRequestDepositRecordHeaderFieldEvent {
        field: '$.deposit.record.header';
        value: Uint8Array;
    }
    interface DepositRequestDepositRecordEncFieldEvent {
        field: '$.deposit.record.enc';
        value: Uint8Array;
    }
    interface DepositRequestDepositRecordCtFieldEvent {
        field: '$.deposit.record.ct';
        value: Uint8Array;
    }
    interface DepositRequestDepositFanOutFieldEvent {
        field: '$.deposit.fanOut';
        value: boolean;
    }
    interface DepositRequestDepositProofFieldEvent {
        field: '$.deposit.proof';
        value: Uint8Array;
    }
    function encode(obj: Partial<DepositRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DepositRequest>): DepositRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DepositRequest>): Generator<DepositRequestInfoMailboxFieldEvent | DepositRequestDepositRecordHeaderFieldEvent | DepositRequestDepositRecordEncFieldEvent | DepositRequestDepositRecordCtFieldEvent | DepositRequestDepositFanOutFieldEvent | DepositRequestDepositProofFieldEvent>;
}
export interface InfoCall {
    mailbox?: Uint8Array;
}
export declare namespace InfoCall {
    const codec: () => Codec<InfoCall>;
    interface InfoCallMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    function encode(obj: Partial<InfoCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InfoCall>): InfoCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<InfoCall>): Generator<InfoCallMailboxFieldEvent>;
}
export interface DepositCall {
    record?: Record;
    fanOut: boolean;
    proof?: Uint8Array;
}
export declare namespace DepositCall {
    const codec: () => Codec<DepositCall>;
    interface DepositCallRecordHeaderFieldEvent {
        field: '$.record.header';
        value: Uint8Array;
    }
    interface DepositCallRecordEncFieldEvent {
        field: '$.record.enc';
        value: Uint8Array;
    }
    interface DepositCallRecordCtFieldEvent {
        field: '$.record.ct';
        value: Uint8Array;
    }
    interface DepositCallFanOutFieldEvent {
        field: '$.fanOut';
        value: boolean;
    }
    interface DepositCallProofFieldEvent {
        field: '$.proof';
        value: Uint8Array;
    }
    function encode(obj: Partial<DepositCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DepositCall>): DepositCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DepositCall>): Generator<DepositCallRecordHeaderFieldEvent | DepositCallRecordEncFieldEvent | DepositCallRecordCtFieldEvent | DepositCallFanOutFieldEvent | DepositCallProofFieldEvent>;
}
export interface DepositResponse {
    status: number;
    retryAfterMs: number;
    limit: number;
    locator?: Uint8Array;
    bundle?: Uint8Array;
    relay?: RelayInfo;
    receipts: Receipt[];
    powBits: number;
}
export declare namespace DepositResponse {
    const codec: () => Codec<DepositResponse>;
    interface DepositResponseStatusFieldEvent {
        field: '$.status';
        value: number;
    }
    interface DepositResponseRetryAfterMsFieldEvent {
        field: '$.retryAfterMs';
        value: number;
    }
    interface DepositResponseLimitFieldEvent {
        field: '$.limit';
        value: number;
    }
    interface DepositResponseLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface DepositResponseBundleFieldEvent {
        field: '$.bundle';
        value: Uint8Array;
    }
    interface DepositResponseRelayRecordsPerMailboxFieldEvent {
        field: '$.relay.recordsPerMailbox';
        value: number;
    }
    interface DepositResponseRelayBytesPerMailboxFieldEvent {
        field: '$.relay.bytesPerMailbox';
        value: number;
    }
    interface DepositResponseRelayMailboxesFreeFieldEvent {
        field: '$.relay.mailboxesFree';
        value: number;
    }
    interface DepositResponseRelayClassBytesMaxFieldEvent {
        field: '$.relay.classBytesMax';
        value: number;
    }
    interface DepositResponseRelayTtlHoursMaxFieldEvent {
        field: '$.relay.ttlHoursMax';
        value: number;
    }
    interface DepositResponseRelayDrainingFieldEvent {
        field: '$.relay.draining';
        value: boolean;
    }
    interface DepositResponseRelayRegistrationFieldEvent {
        field: '$.relay.registration';
        value: number;
    }
    interface DepositResponseRelayRegistrationBitsFieldEvent {
        field: '$.relay.registrationBits';
        value: number;
    }
    interface DepositResponseRelayStrangersRecordsFieldEvent {
        field: '$.relay.strangersRecords';
        value: number;
    }
    interface DepositResponseRelayStrangersBytesFieldEvent {
        field: '$.relay.strangersBytes';
        value: number;
    }
    interface DepositResponseRelayPeerDepositsPerSecondFieldEvent {
        field: '$.relay.peerDepositsPerSecond';
        value: number;
    }
    interface DepositResponseRelayGroupDepositsPerSecondFieldEvent {
        field: '$.relay.groupDepositsPerSecond';
        value: number;
    }
    interface DepositResponseRelayMailboxDepositsPerSecondFieldEvent {
        field: '$.relay.mailboxDepositsPerSecond';
        value: number;
    }
    interface DepositResponseReceiptsRelayFieldEvent {
        field: '$.receipts[].relay';
        value: Uint8Array;
        index: number;
    }
    interface DepositResponseReceiptsBodyFieldEvent {
        field: '$.receipts[].body';
        value: Uint8Array;
        index: number;
    }
    interface DepositResponseReceiptsIndexFieldEvent {
        field: '$.receipts[].index';
        value: number;
        index: number;
    }
    interface DepositResponseReceiptsLeavesFieldEvent {
        field: '$.receipts[].leaves';
        value: number;
        index: number;
    }
    interface DepositResponseReceiptsPathFieldEvent {
        field: '$.receipts[].path[]';
        index: number;
        value: Uint8Array;
    }
    interface DepositResponseReceiptsSignatureFieldEvent {
        field: '$.receipts[].signature';
        value: Uint8Array;
        index: number;
    }
    interface DepositResponsePowBitsFieldEvent {
        field: '$.powBits';
        value: number;
    }
    function encode(obj: Partial<DepositResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DepositResponse>): DepositResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DepositResponse>): Generator<DepositResponseStatusFieldEvent | DepositResponseRetryAfterMsFieldEvent | DepositResponseLimitFieldEvent | DepositResponseLocatorFieldEvent | DepositResponseBundleFieldEvent | DepositResponseRelayRecordsPerMailboxFieldEvent | DepositResponseRelayBytesPerMailboxFieldEvent | DepositResponseRelayMailboxesFreeFieldEvent | DepositResponseRelayClassBytesMaxFieldEvent | DepositResponseRelayTtlHoursMaxFieldEvent | DepositResponseRelayDrainingFieldEvent | DepositResponseRelayRegistrationFieldEvent | DepositResponseRelayRegistrationBitsFieldEvent | DepositResponseRelayStrangersRecordsFieldEvent | DepositResponseRelayStrangersBytesFieldEvent | DepositResponseRelayPeerDepositsPerSecondFieldEvent | DepositResponseRelayGroupDepositsPerSecondFieldEvent | DepositResponseRelayMailboxDepositsPerSecondFieldEvent | DepositResponseReceiptsRelayFieldEvent | DepositResponseReceiptsBodyFieldEvent | DepositResponseReceiptsIndexFieldEvent | DepositResponseReceiptsLeavesFieldEvent | DepositResponseReceiptsPathFieldEvent | DepositResponseReceiptsSignatureFieldEvent | DepositResponsePowBitsFieldEvent>;
}
export interface RelayInfo {
    recordsPerMailbox: number;
    bytesPerMailbox: number;
    mailboxesFree: number;
    classBytesMax: number;
    ttlHoursMax: number;
    draining: boolean;
    registration: number;
    registrationBits: number;
    strangersRecords: number;
    strangersBytes: number;
    peerDepositsPerSecond: number;
    groupDepositsPerSecond: number;
    mailboxDepositsPerSecond: number;
}
export declare namespace RelayInfo {
    const codec: () => Codec<RelayInfo>;
    interface RelayInfoRecordsPerMailboxFieldEvent {
        field: '$.recordsPerMailbox';
        value: number;
    }
    interface RelayInfoBytesPerMailboxFieldEvent {
        field: '$.bytesPerMailbox';
        value: number;
    }
    interface RelayInfoMailboxesFreeFieldEvent {
        field: '$.mailboxesFree';
        value: number;
    }
    interface RelayInfoClassBytesMaxFieldEvent {
        field: '$.classBytesMax';
        value: number;
    }
    interface RelayInfoTtlHoursMaxFieldEvent {
        field: '$.ttlHoursMax';
        value: number;
    }
    interface RelayInfoDrainingFieldEvent {
        field: '$.draining';
        value: boolean;
    }
    interface RelayInfoRegistrationFieldEvent {
        field: '$.registration';
        value: number;
    }
    interface RelayInfoRegistrationBitsFieldEvent {
        field: '$.registrationBits';
        value: number;
    }
    interface RelayInfoStrangersRecordsFieldEvent {
        field: '$.strangersRecords';
        value: number;
    }
    interface RelayInfoStrangersBytesFieldEvent {
        field: '$.strangersBytes';
        value: number;
    }
    interface RelayInfoPeerDepositsPerSecondFieldEvent {
        field: '$.peerDepositsPerSecond';
        value: number;
    }
    interface RelayInfoGroupDepositsPerSecondFieldEvent {
        field: '$.groupDepositsPerSecond';
        value: number;
    }
    interface RelayInfoMailboxDepositsPerSecondFieldEvent {
        field: '$.mailboxDepositsPerSecond';
        value: number;
    }
    function encode(obj: Partial<RelayInfo>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayInfo>): RelayInfo;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RelayInfo>): Generator<RelayInfoRecordsPerMailboxFieldEvent | RelayInfoBytesPerMailboxFieldEvent | RelayInfoMailboxesFreeFieldEvent | RelayInfoClassBytesMaxFieldEvent | RelayInfoTtlHoursMaxFieldEvent | RelayInfoDrainingFieldEvent | RelayInfoRegistrationFieldEvent | RelayInfoRegistrationBitsFieldEvent | RelayInfoStrangersRecordsFieldEvent | RelayInfoStrangersBytesFieldEvent | RelayInfoPeerDepositsPerSecondFieldEvent | RelayInfoGroupDepositsPerSecondFieldEvent | RelayInfoMailboxDepositsPerSecondFieldEvent>;
}
export interface OwnerRequest {
    challenge?: ChallengeCall;
    auth?: AuthCall;
    register?: RegisterCall;
    config?: ConfigCall;
    status?: StatusCall;
    pull?: PullCall;
    ack?: AckCall;
    tombstone?: TombstoneCall;
    subscribe?: SubscribeCall;
}
export declare namespace OwnerRequest {
    const codec: () => Codec<OwnerRequest>;
    interface OwnerRequestAuthBodyFieldEvent {
        field: '$.auth.body';
        value: Uint8Array;
    }
    interface OwnerRequestAuthSignatureFieldEvent {
        field: '$.auth.signature';
        value: Uint8Array;
    }
    interface OwnerRequestAuthDeviceCertFieldEvent {
        field: '$.auth.deviceCert';
        value: Uint8Array;
    }
    interface OwnerRequestRegisterLocatorFieldEvent {
        field: '$.register.locator';
        value: Uint8Array;
    }
    interface OwnerRequestRegisterBundleFieldEvent {
        field: '$.register.bundle';
        value: Uint8Array;
    }
    interface OwnerRequestRegisterConfigFieldEvent {
        field: '$.register.config';
        value: Uint8Array;
    }
    interface OwnerRequestRegisterInviteFieldEvent {
        field: '$.register.invite';
        value: Uint8Array;
    }
    interface OwnerRequestRegisterNonceFieldEvent {
        field: '$.register.nonce';
        value: Uint8Array;
    }
    interface OwnerRequestConfigMailboxFieldEvent {
        field: '$.config.mailbox';
        value: Uint8Array;
    }
    interface OwnerRequestConfigLocatorFieldEvent {
        field: '$.config.locator';
        value: Uint8Array;
    }
    interface OwnerRequestConfigBundleFieldEvent {
        field: '$.config.bundle';
        value: Uint8Array;
    }
    interface OwnerRequestConfigConfigFieldEvent {
        field: '$.config.config';
        value: Uint8Array;
    }
    interface OwnerRequestStatusMailboxFieldEvent {
        field: '$.status.mailbox';
        value: Uint8Array;
    }
    interface OwnerRequestPullMailboxFieldEvent {
        field: '$.pull.mailbox';
        value: Uint8Array;
    }
    interface OwnerRequestPullAfterEpochFieldEvent {
        field: '$.pull.after.epoch';
        value: Uint8Array;
    }
    interface OwnerRequestPullAfterSeqFieldEvent {
        field: '$.pull.after.seq';
        value: number;
    }
    interface OwnerRequestPullRecordsMaxFieldEvent {
        field: '$.pull.recordsMax';
        value: number;
    }
    interface OwnerRequestPullBytesMaxFieldEvent {
        field: '$.pull.bytesMax';
        value: number;
    }
    interface OwnerRequestAckMailboxFieldEvent {
        field: '$.ack.mailbox';
        value: Uint8Array;
    }
    interface OwnerRequestAckUpToEpochFieldEvent {
        field: '$.ack.upTo.epoch';
        value: Uint8Array;
    }
    interface OwnerRequestAckUpToSeqFieldEvent {
        field: '$.ack.upTo.seq';
        value: number;
    }
    interface OwnerRequestTombstoneTombstoneFieldEvent {
        field: '$.tombstone.tombstone';
        value: Uint8Array;
    }
    interface OwnerRequestSubscribeMailboxFieldEvent {
        field: '$.subscribe.mailbox';
        value: Uint8Array;
    }
    interface OwnerRequestSubscribeAfterEpochFieldEvent {
        field: '$.subscribe.after.epoch';
        value: Uint8Array;
    }
    interface OwnerRequestSubscribeAfterSeqFieldEvent {
        field: '$.subscribe.after.seq';
        value: number;
    }
    interface OwnerRequestSubscribeRecordsMaxFieldEvent {
        field: '$.subscribe.recordsMax';
        value: number;
    }
    interface OwnerRequestSubscribeBytesMaxFieldEvent {
        field: '$.subscribe.bytesMax';
        value: number;
    }
    interface OwnerRequestSubscribeWaitMsFieldEvent {
        field: '$.subscribe.waitMs';
        value: number;
    }
    function encode(obj: Partial<OwnerRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerRequest>): OwnerRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerRequest>): Generator<OwnerRequestAuthBodyFieldEvent | OwnerRequestAuthSignatureFieldEvent | OwnerRequestAuthDeviceCertFieldEvent | OwnerRequestRegisterLocatorFieldEvent | OwnerRequestRegisterBundleFieldEvent | OwnerRequestRegisterConfigFieldEvent | OwnerRequestRegisterInviteFieldEvent | OwnerRequestRegisterNonceFieldEvent | OwnerRequestConfigMailboxFieldEvent | OwnerRequestConfigLocatorFieldEvent | OwnerRequestConfigBundleFieldEvent | OwnerRequestConfigConfigFieldEvent | OwnerRequestStatusMailboxFieldEvent | OwnerRequestPullMailboxFieldEvent | OwnerRequestPullAfterEpochFieldEvent | OwnerRequestPullAfterSeqFieldEvent | OwnerRequestPullRecordsMaxFieldEvent | OwnerRequestPullBytesMaxFieldEvent | OwnerRequestAckMailboxFieldEvent | OwnerRequestAckUpToEpochFieldEvent | OwnerRequestAckUpToSeqFieldEvent | OwnerRequestTombstoneTombstoneFieldEvent | OwnerRequestSubscribeMailboxFieldEvent | OwnerRequestSubscribeAfterEpochFieldEvent | OwnerRequestSubscribeAfterSeqFieldEvent | OwnerRequestSubscribeRecordsMaxFieldEvent | OwnerRequestSubscribeBytesMaxFieldEvent | OwnerRequestSubscribeWaitMsFieldEvent>;
}
export interface ChallengeCall {
}
export declare namespace ChallengeCall {
    const codec: () => Codec<ChallengeCall>;
    function encode(obj: Partial<ChallengeCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ChallengeCall>): ChallengeCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ChallengeCall>): Generator<{}>;
}
export interface AuthCall {
    body: Uint8Array;
    signature: Uint8Array;
    deviceCert?: Uint8Array;
}
export declare namespace AuthCall {
    const codec: () => Codec<AuthCall>;
    interface AuthCallBodyFieldEvent {
        field: '$.body';
        value: Uint8Array;
    }
    interface AuthCallSignatureFieldEvent {
        field: '$.signature';
        value: Uint8Array;
    }
    interface AuthCallDeviceCertFieldEvent {
        field: '$.deviceCert';
        value: Uint8Array;
    }
    function encode(obj: Partial<AuthCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AuthCall>): AuthCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AuthCall>): Generator<AuthCallBodyFieldEvent | AuthCallSignatureFieldEvent | AuthCallDeviceCertFieldEvent>;
}
export interface OwnerAuthBody {
    relay: Uint8Array;
    client: Uint8Array;
    nonce: Uint8Array;
    mailbox: Uint8Array;
    signer: Uint8Array;
    scopes: number;
    expiresHour: number;
}
export declare namespace OwnerAuthBody {
    const codec: () => Codec<OwnerAuthBody>;
    interface OwnerAuthBodyRelayFieldEvent {
        field: '$.relay';
        value: Uint8Array;
    }
    interface OwnerAuthBodyClientFieldEvent {
        field: '$.client';
        value: Uint8Array;
    }
    interface OwnerAuthBodyNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array;
    }
    interface OwnerAuthBodyMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface OwnerAuthBodySignerFieldEvent {
        field: '$.signer';
        value: Uint8Array;
    }
    interface OwnerAuthBodyScopesFieldEvent {
        field: '$.scopes';
        value: number;
    }
    interface OwnerAuthBodyExpiresHourFieldEvent {
        field: '$.expiresHour';
        value: number;
    }
    function encode(obj: Partial<OwnerAuthBody>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerAuthBody>): OwnerAuthBody;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerAuthBody>): Generator<OwnerAuthBodyRelayFieldEvent | OwnerAuthBodyClientFieldEvent | OwnerAuthBodyNonceFieldEvent | OwnerAuthBodyMailboxFieldEvent | OwnerAuthBodySignerFieldEvent | OwnerAuthBodyScopesFieldEvent | OwnerAuthBodyExpiresHourFieldEvent>;
}
export interface RegisterCall {
    locator: Uint8Array;
    bundle: Uint8Array;
    config?: Uint8Array;
    invite?: Uint8Array;
    nonce?: Uint8Array;
}
export declare namespace RegisterCall {
    const codec: () => Codec<RegisterCall>;
    interface RegisterCallLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface RegisterCallBundleFieldEvent {
        field: '$.bundle';
        value: Uint8Array;
    }
    interface RegisterCallConfigFieldEvent {
        field: '$.config';
        value: Uint8Array;
    }
    interface RegisterCallInviteFieldEvent {
        field: '$.invite';
        value: Uint8Array;
    }
    interface RegisterCallNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array;
    }
    function encode(obj: Partial<RegisterCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterCall>): RegisterCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<RegisterCall>): Generator<RegisterCallLocatorFieldEvent | RegisterCallBundleFieldEvent | RegisterCallConfigFieldEvent | RegisterCallInviteFieldEvent | RegisterCallNonceFieldEvent>;
}
export interface ConfigCall {
    mailbox: Uint8Array;
    locator?: Uint8Array;
    bundle?: Uint8Array;
    config?: Uint8Array;
}
export declare namespace ConfigCall {
    const codec: () => Codec<ConfigCall>;
    interface ConfigCallMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface ConfigCallLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface ConfigCallBundleFieldEvent {
        field: '$.bundle';
        value: Uint8Array;
    }
    interface ConfigCallConfigFieldEvent {
        field: '$.config';
        value: Uint8Array;
    }
    function encode(obj: Partial<ConfigCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConfigCall>): ConfigCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConfigCall>): Generator<ConfigCallMailboxFieldEvent | ConfigCallLocatorFieldEvent | ConfigCallBundleFieldEvent | ConfigCallConfigFieldEvent>;
}
export interface StatusCall {
    mailbox: Uint8Array;
}
export declare namespace StatusCall {
    const codec: () => Codec<StatusCall>;
    interface StatusCallMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    function encode(obj: Partial<StatusCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusCall>): StatusCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StatusCall>): Generator<StatusCallMailboxFieldEvent>;
}
export interface Cursor {
    epoch: Uint8Array;
    seq: number;
}
export declare namespace Cursor {
    const codec: () => Codec<Cursor>;
    interface CursorEpochFieldEvent {
        field: '$.epoch';
        value: Uint8Array;
    }
    interface CursorSeqFieldEvent {
        field: '$.seq';
        value: number;
    }
    function encode(obj: Partial<Cursor>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cursor>): Cursor;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Cursor>): Generator<CursorEpochFieldEvent | CursorSeqFieldEvent>;
}
export interface PullCall {
    mailbox: Uint8Array;
    after?: Cursor;
    recordsMax: number;
    bytesMax: number;
}
export declare namespace PullCall {
    const codec: () => Codec<PullCall>;
    interface PullCallMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface PullCallAfterEpochFieldEvent {
        field: '$.after.epoch';
        value: Uint8Array;
    }
    interface PullCallAfterSeqFieldEvent {
        field: '$.after.seq';
        value: number;
    }
    interface PullCallRecordsMaxFieldEvent {
        field: '$.recordsMax';
        value: number;
    }
    interface PullCallBytesMaxFieldEvent {
        field: '$.bytesMax';
        value: number;
    }
    function encode(obj: Partial<PullCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PullCall>): PullCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PullCall>): Generator<PullCallMailboxFieldEvent | PullCallAfterEpochFieldEvent | PullCallAfterSeqFieldEvent | PullCallRecordsMaxFieldEvent | PullCallBytesMaxFieldEvent>;
}
export interface AckCall {
    mailbox: Uint8Array;
    upTo?: Cursor;
}
export declare namespace AckCall {
    const codec: () => Codec<AckCall>;
    interface AckCallMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface AckCallUpToEpochFieldEvent {
        field: '$.upTo.epoch';
        value: Uint8Array;
    }
    interface AckCallUpToSeqFieldEvent {
        field: '$.upTo.seq';
        value: number;
    }
    function encode(obj: Partial<AckCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AckCall>): AckCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<AckCall>): Generator<AckCallMailboxFieldEvent | AckCallUpToEpochFieldEvent | AckCallUpToSeqFieldEvent>;
}
export interface TombstoneCall {
    tombstone: Uint8Array;
}
export declare namespace TombstoneCall {
    const codec: () => Codec<TombstoneCall>;
    interface TombstoneCallTombstoneFieldEvent {
        field: '$.tombstone';
        value: Uint8Array;
    }
    function encode(obj: Partial<TombstoneCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TombstoneCall>): TombstoneCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<TombstoneCall>): Generator<TombstoneCallTombstoneFieldEvent>;
}
export interface SubscribeCall {
    mailbox: Uint8Array;
    after?: Cursor;
    recordsMax: number;
    bytesMax: number;
    waitMs: number;
}
export declare namespace SubscribeCall {
    const codec: () => Codec<SubscribeCall>;
    interface SubscribeCallMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface SubscribeCallAfterEpochFieldEvent {
        field: '$.after.epoch';
        value: Uint8Array;
    }
    interface SubscribeCallAfterSeqFieldEvent {
        field: '$.after.seq';
        value: number;
    }
    interface SubscribeCallRecordsMaxFieldEvent {
        field: '$.recordsMax';
        value: number;
    }
    interface SubscribeCallBytesMaxFieldEvent {
        field: '$.bytesMax';
        value: number;
    }
    interface SubscribeCallWaitMsFieldEvent {
        field: '$.waitMs';
        value: number;
    }
    function encode(obj: Partial<SubscribeCall>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SubscribeCall>): SubscribeCall;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SubscribeCall>): Generator<SubscribeCallMailboxFieldEvent | SubscribeCallAfterEpochFieldEvent | SubscribeCallAfterSeqFieldEvent | SubscribeCallRecordsMaxFieldEvent | SubscribeCallBytesMaxFieldEvent | SubscribeCallWaitMsFieldEvent>;
}
export interface OwnerResponse {
    status: number;
    retryAfterMs: number;
    limit: number;
    locator?: Uint8Array;
    challenge?: Challenge;
    lease?: Lease;
    mailbox?: MailboxStatus;
    page?: Page;
    draining: boolean;
    powBits: number;
}
export declare namespace OwnerResponse {
    const codec: () => Codec<OwnerResponse>;
    interface OwnerResponseStatusFieldEvent {
        field: '$.status';
        value: number;
    }
    interface OwnerResponseRetryAfterMsFieldEvent {
        field: '$.retryAfterMs';
        value: number;
    }
    interface OwnerResponseLimitFieldEvent {
        field: '$.limit';
        value: number;
    }
    interface OwnerResponseLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface OwnerResponseChallengeNonceFieldEvent {
        field: '$.challenge.nonce';
        value: Uint8Array;
    }
    interface OwnerResponseLeaseUntilHourFieldEvent {
        field: '$.lease.untilHour';
        value: number;
    }
    interface OwnerResponseLeaseRecordsMaxFieldEvent {
        field: '$.lease.recordsMax';
        value: number;
    }
    interface OwnerResponseLeaseBytesMaxFieldEvent {
        field: '$.lease.bytesMax';
        value: number;
    }
    interface OwnerResponseMailboxRecordsFieldEvent {
        field: '$.mailbox.records';
        value: number;
    }
    interface OwnerResponseMailboxBytesFieldEvent {
        field: '$.mailbox.bytes';
        value: number;
    }
    interface OwnerResponseMailboxOldestMsFieldEvent {
        field: '$.mailbox.oldestMs';
        value: number;
    }
    interface OwnerResponseMailboxNewestMsFieldEvent {
        field: '$.mailbox.newestMs';
        value: number;
    }
    interface OwnerResponseMailboxTombstonesFieldEvent {
        field: '$.mailbox.tombstones';
        value: number;
    }
    interface OwnerResponseMailboxLeaseUntilHourFieldEvent {
        field: '$.mailbox.leaseUntilHour';
        value: number;
    }
    interface OwnerResponseMailboxUnackedFieldEvent {
        field: '$.mailbox.unacked';
        value: number;
    }
    interface OwnerResponseMailboxHeadEpochFieldEvent {
        field: '$.mailbox.head.epoch';
        value: Uint8Array;
    }
    interface OwnerResponseMailboxHeadSeqFieldEvent {
        field: '$.mailbox.head.seq';
        value: number;
    }
    interface OwnerResponseMailboxLocatorFieldEvent {
        field: '$.mailbox.locator';
        value: Uint8Array;
    }
    interface OwnerResponseMailboxBundleFieldEvent {
        field: '$.mailbox.bundle';
        value: Uint8Array;
    }
    interface OwnerResponseMailboxStrangersRecordsFieldEvent {
        field: '$.mailbox.strangersRecords';
        value: number;
    }
    interface OwnerResponseMailboxStrangersBytesFieldEvent {
        field: '$.mailbox.strangersBytes';
        value: number;
    }
    interface OwnerResponseMailboxGatesGateFieldEvent {
        field: '$.mailbox.gates[].gate';
        value: Uint8Array;
        index: number;
    }
    interface OwnerResponseMailboxGatesRecordsFieldEvent {
        field: '$.mailbox.gates[].records';
        value: number;
        index: number;
    }
    interface OwnerResponseMailboxGatesBytesFieldEvent {
        field: '$.mailbox.gates[].bytes';
        value: number;
        index: number;
    }
    interface OwnerResponseMailboxRefusedStatusFieldEvent {
        field: '$.mailbox.refused[].status';
        value: number;
        index: number;
    }
    interface OwnerResponseMailboxRefusedLimitFieldEvent {
        field: '$.mailbox.refused[].limit';
        value: number;
        index: number;
    }
    interface OwnerResponseMailboxRefusedCountFieldEvent {
        field: '$.mailbox.refused[].count';
        value: number;
        index: number;
    }
    interface OwnerResponseMailboxRefusedLastMsFieldEvent {
        field: '$.mailbox.refused[].lastMs';
        value: number;
        index: number;
    }
    interface OwnerResponsePageNextEpochFieldEvent {
        field: '$.page.next.epoch';
        value: Uint8Array;
    }
    interface OwnerResponsePageNextSeqFieldEvent {
        field: '$.page.next.seq';
        value: number;
    }
    interface OwnerResponsePageRecordsFieldEvent {
        field: '$.page.records[]';
        index: number;
        value: Uint8Array;
    }
    interface OwnerResponsePageMoreFieldEvent {
        field: '$.page.more';
        value: boolean;
    }
    interface OwnerResponseDrainingFieldEvent {
        field: '$.draining';
        value: boolean;
    }
    interface OwnerResponsePowBitsFieldEvent {
        field: '$.powBits';
        value: number;
    }
    function encode(obj: Partial<OwnerResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerResponse>): OwnerResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<OwnerResponse>): Generator<OwnerResponseStatusFieldEvent | OwnerResponseRetryAfterMsFieldEvent | OwnerResponseLimitFieldEvent | OwnerResponseLocatorFieldEvent | OwnerResponseChallengeNonceFieldEvent | OwnerResponseLeaseUntilHourFieldEvent | OwnerResponseLeaseRecordsMaxFieldEvent | OwnerResponseLeaseBytesMaxFieldEvent | OwnerResponseMailboxRecordsFieldEvent | OwnerResponseMailboxBytesFieldEvent | OwnerResponseMailboxOldestMsFieldEvent | OwnerResponseMailboxNewestMsFieldEvent | OwnerResponseMailboxTombstonesFieldEvent | OwnerResponseMailboxLeaseUntilHourFieldEvent | OwnerResponseMailboxUnackedFieldEvent | OwnerResponseMailboxHeadEpochFieldEvent | OwnerResponseMailboxHeadSeqFieldEvent | OwnerResponseMailboxLocatorFieldEvent | OwnerResponseMailboxBundleFieldEvent | OwnerResponseMailboxStrangersRecordsFieldEvent | OwnerResponseMailboxStrangersBytesFieldEvent | OwnerResponseMailboxGatesGateFieldEvent | OwnerResponseMailboxGatesRecordsFieldEvent | OwnerResponseMailboxGatesBytesFieldEvent | OwnerResponseMailboxRefusedStatusFieldEvent | OwnerResponseMailboxRefusedLimitFieldEvent | OwnerResponseMailboxRefusedCountFieldEvent | OwnerResponseMailboxRefusedLastMsFieldEvent | OwnerResponsePageNextEpochFieldEvent | OwnerResponsePageNextSeqFieldEvent | OwnerResponsePageRecordsFieldEvent | OwnerResponsePageMoreFieldEvent | OwnerResponseDrainingFieldEvent | OwnerResponsePowBitsFieldEvent>;
}
export interface Challenge {
    nonce: Uint8Array;
}
export declare namespace Challenge {
    const codec: () => Codec<Challenge>;
    interface ChallengeNonceFieldEvent {
        field: '$.nonce';
        value: Uint8Array;
    }
    function encode(obj: Partial<Challenge>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Challenge>): Challenge;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Challenge>): Generator<ChallengeNonceFieldEvent>;
}
export interface Lease {
    untilHour: number;
    recordsMax: number;
    bytesMax: number;
}
export declare namespace Lease {
    const codec: () => Codec<Lease>;
    interface LeaseUntilHourFieldEvent {
        field: '$.untilHour';
        value: number;
    }
    interface LeaseRecordsMaxFieldEvent {
        field: '$.recordsMax';
        value: number;
    }
    interface LeaseBytesMaxFieldEvent {
        field: '$.bytesMax';
        value: number;
    }
    function encode(obj: Partial<Lease>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lease>): Lease;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Lease>): Generator<LeaseUntilHourFieldEvent | LeaseRecordsMaxFieldEvent | LeaseBytesMaxFieldEvent>;
}
export interface MailboxStatus {
    records: number;
    bytes: number;
    oldestMs: number;
    newestMs: number;
    tombstones: number;
    leaseUntilHour: number;
    unacked: number;
    head?: Cursor;
    locator?: Uint8Array;
    bundle?: Uint8Array;
    strangersRecords: number;
    strangersBytes: number;
    gates: GateUse[];
    refused: Refused[];
}
export declare namespace MailboxStatus {
    const codec: () => Codec<MailboxStatus>;
    interface MailboxStatusRecordsFieldEvent {
        field: '$.records';
        value: number;
    }
    interface MailboxStatusBytesFieldEvent {
        field: '$.bytes';
        value: number;
    }
    interface MailboxStatusOldestMsFieldEvent {
        field: '$.oldestMs';
        value: number;
    }
    interface MailboxStatusNewestMsFieldEvent {
        field: '$.newestMs';
        value: number;
    }
    interface MailboxStatusTombstonesFieldEvent {
        field: '$.tombstones';
        value: number;
    }
    interface MailboxStatusLeaseUntilHourFieldEvent {
        field: '$.leaseUntilHour';
        value: number;
    }
    interface MailboxStatusUnackedFieldEvent {
        field: '$.unacked';
        value: number;
    }
    interface MailboxStatusHeadEpochFieldEvent {
        field: '$.head.epoch';
        value: Uint8Array;
    }
    interface MailboxStatusHeadSeqFieldEvent {
        field: '$.head.seq';
        value: number;
    }
    interface MailboxStatusLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface MailboxStatusBundleFieldEvent {
        field: '$.bundle';
        value: Uint8Array;
    }
    interface MailboxStatusStrangersRecordsFieldEvent {
        field: '$.strangersRecords';
        value: number;
    }
    interface MailboxStatusStrangersBytesFieldEvent {
        field: '$.strangersBytes';
        value: number;
    }
    interface MailboxStatusGatesGateFieldEvent {
        field: '$.gates[].gate';
        value: Uint8Array;
        index: number;
    }
    interface MailboxStatusGatesRecordsFieldEvent {
        field: '$.gates[].records';
        value: number;
        index: number;
    }
    interface MailboxStatusGatesBytesFieldEvent {
        field: '$.gates[].bytes';
        value: number;
        index: number;
    }
    interface MailboxStatusRefusedStatusFieldEvent {
        field: '$.refused[].status';
        value: number;
        index: number;
    }
    interface MailboxStatusRefusedLimitFieldEvent {
        field: '$.refused[].limit';
        value: number;
        index: number;
    }
    interface MailboxStatusRefusedCountFieldEvent {
        field: '$.refused[].count';
        value: number;
        index: number;
    }
    interface MailboxStatusRefusedLastMsFieldEvent {
        field: '$.refused[].lastMs';
        value: number;
        index: number;
    }
    function encode(obj: Partial<MailboxStatus>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxStatus>): MailboxStatus;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MailboxStatus>): Generator<MailboxStatusRecordsFieldEvent | MailboxStatusBytesFieldEvent | MailboxStatusOldestMsFieldEvent | MailboxStatusNewestMsFieldEvent | MailboxStatusTombstonesFieldEvent | MailboxStatusLeaseUntilHourFieldEvent | MailboxStatusUnackedFieldEvent | MailboxStatusHeadEpochFieldEvent | MailboxStatusHeadSeqFieldEvent | MailboxStatusLocatorFieldEvent | MailboxStatusBundleFieldEvent | MailboxStatusStrangersRecordsFieldEvent | MailboxStatusStrangersBytesFieldEvent | MailboxStatusGatesGateFieldEvent | MailboxStatusGatesRecordsFieldEvent | MailboxStatusGatesBytesFieldEvent | MailboxStatusRefusedStatusFieldEvent | MailboxStatusRefusedLimitFieldEvent | MailboxStatusRefusedCountFieldEvent | MailboxStatusRefusedLastMsFieldEvent>;
}
export interface GateUse {
    gate: Uint8Array;
    records: number;
    bytes: number;
}
export declare namespace GateUse {
    const codec: () => Codec<GateUse>;
    interface GateUseGateFieldEvent {
        field: '$.gate';
        value: Uint8Array;
    }
    interface GateUseRecordsFieldEvent {
        field: '$.records';
        value: number;
    }
    interface GateUseBytesFieldEvent {
        field: '$.bytes';
        value: number;
    }
    function encode(obj: Partial<GateUse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GateUse>): GateUse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<GateUse>): Generator<GateUseGateFieldEvent | GateUseRecordsFieldEvent | GateUseBytesFieldEvent>;
}
export interface Refused {
    status: number;
    limit: number;
    count: number;
    lastMs: number;
}
export declare namespace Refused {
    const codec: () => Codec<Refused>;
    interface RefusedStatusFieldEvent {
        field: '$.status';
        value: number;
    }
    interface RefusedLimitFieldEvent {
        field: '$.limit';
        value: number;
    }
    interface RefusedCountFieldEvent {
        field: '$.count';
        value: number;
    }
    interface RefusedLastMsFieldEvent {
        field: '$.lastMs';
        value: number;
    }
    function encode(obj: Partial<Refused>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Refused;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Refused>): Generator<RefusedStatusFieldEvent | RefusedLimitFieldEvent | RefusedCountFieldEvent | RefusedLastMsFieldEvent>;
}
export interface Page {
    next?: Cursor;
    records: Uint8Array[];
    more: boolean;
}
export declare namespace Page {
    const codec: () => Codec<Page>;
    interface PageNextEpochFieldEvent {
        field: '$.next.epoch';
        value: Uint8Array;
    }
    interface PageNextSeqFieldEvent {
        field: '$.next.seq';
        value: number;
    }
    interface PageRecordsFieldEvent {
        field: '$.records[]';
        index: number;
        value: Uint8Array;
    }
    interface PageMoreFieldEvent {
        field: '$.more';
        value: boolean;
    }
    function encode(obj: Partial<Page>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Page>): Page;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Page>): Generator<PageNextEpochFieldEvent | PageNextSeqFieldEvent | PageRecordsFieldEvent | PageMoreFieldEvent>;
}
export interface SyncRequest {
    hello?: SyncHello;
    mailboxes?: SyncMailboxes;
    items?: SyncItems;
    want?: SyncWant;
    give?: SyncGive;
}
export declare namespace SyncRequest {
    const codec: () => Codec<SyncRequest>;
    interface SyncRequestHelloSaltFieldEvent {
        field: '$.hello.salt';
        value: Uint8Array;
    }
    interface SyncRequestMailboxesRangesFieldEvent {
        field: '$.mailboxes.ranges';
        value: Uint8Array;
    }
    interface SyncRequestMailboxesFirstFieldEvent {
        field: '$.mailboxes.first';
        value: boolean;
    }
    interface SyncRequestItemsMailboxFieldEvent {
        field: '$.items.mailbox';
        value: Uint8Array;
    }
    interface SyncRequestItemsRangesFieldEvent {
        field: '$.items.ranges';
        value: Uint8Array;
    }
    interface SyncRequestItemsFirstFieldEvent {
        field: '$.items.first';
        value: boolean;
    }
    interface SyncRequestItemsLocatorFieldEvent {
        field: '$.items.locator';
        value: Uint8Array;
    }
    interface SyncRequestItemsFormerFieldEvent {
        field: '$.items.former';
        value: Uint8Array;
    }
    interface SyncRequestWantMailboxFieldEvent {
        field: '$.want.mailbox';
        value: Uint8Array;
    }
    interface SyncRequestWantIdsFieldEvent {
        field: '$.want.ids[]';
        index: number;
        value: Uint8Array;
    }
    interface SyncRequestWantNoRecordsFieldEvent {
        field: '$.want.noRecords';
        value: boolean;
    }
    interface SyncRequestGiveMailboxFieldEvent {
        field: '$.give.mailbox';
        value: Uint8Array;
    }
    interface SyncRequestGiveItemsKindFieldEvent {
        field: '$.give.items[].kind';
        value: number;
        index: number;
    }
    interface SyncRequestGiveItemsValueFieldEvent {
        field: '$.give.items[].value';
        value: Uint8Array;
        index: number;
    }
    function encode(obj: Partial<SyncRequest>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncRequest>): SyncRequest;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncRequest>): Generator<SyncRequestHelloSaltFieldEvent | SyncRequestMailboxesRangesFieldEvent | SyncRequestMailboxesFirstFieldEvent | SyncRequestItemsMailboxFieldEvent | SyncRequestItemsRangesFieldEvent | SyncRequestItemsFirstFieldEvent | SyncRequestItemsLocatorFieldEvent | SyncRequestItemsFormerFieldEvent | SyncRequestWantMailboxFieldEvent | SyncRequestWantIdsFieldEvent | SyncRequestWantNoRecordsFieldEvent | SyncRequestGiveMailboxFieldEvent | SyncRequestGiveItemsKindFieldEvent | SyncRequestGiveItemsValueFieldEvent>;
}
export interface SyncHello {
    salt: Uint8Array;
}
export declare namespace SyncHello {
    const codec: () => Codec<SyncHello>;
    interface SyncHelloSaltFieldEvent {
        field: '$.salt';
        value: Uint8Array;
    }
    function encode(obj: Partial<SyncHello>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncHello>): SyncHello;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncHello>): Generator<SyncHelloSaltFieldEvent>;
}
export interface SyncMailboxes {
    ranges: Uint8Array;
    first: boolean;
}
export declare namespace SyncMailboxes {
    const codec: () => Codec<SyncMailboxes>;
    interface SyncMailboxesRangesFieldEvent {
        field: '$.ranges';
        value: Uint8Array;
    }
    interface SyncMailboxesFirstFieldEvent {
        field: '$.first';
        value: boolean;
    }
    function encode(obj: Partial<SyncMailboxes>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncMailboxes>): SyncMailboxes;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncMailboxes>): Generator<SyncMailboxesRangesFieldEvent | SyncMailboxesFirstFieldEvent>;
}
export interface SyncItems {
    mailbox: Uint8Array;
    ranges: Uint8Array;
    first: boolean;
    locator?: Uint8Array;
    former?: Uint8Array;
}
export declare namespace SyncItems {
    const codec: () => Codec<SyncItems>;
    interface SyncItemsMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface SyncItemsRangesFieldEvent {
        field: '$.ranges';
        value: Uint8Array;
    }
    interface SyncItemsFirstFieldEvent {
        field: '$.first';
        value: boolean;
    }
    interface SyncItemsLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface SyncItemsFormerFieldEvent {
        field: '$.former';
        value: Uint8Array;
    }
    function encode(obj: Partial<SyncItems>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncItems>): SyncItems;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncItems>): Generator<SyncItemsMailboxFieldEvent | SyncItemsRangesFieldEvent | SyncItemsFirstFieldEvent | SyncItemsLocatorFieldEvent | SyncItemsFormerFieldEvent>;
}
export interface SyncWant {
    mailbox: Uint8Array;
    ids: Uint8Array[];
    noRecords: boolean;
}
export declare namespace SyncWant {
    const codec: () => Codec<SyncWant>;
    interface SyncWantMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface SyncWantIdsFieldEvent {
        field: '$.ids[]';
        index: number;
        value: Uint8Array;
    }
    interface SyncWantNoRecordsFieldEvent {
        field: '$.noRecords';
        value: boolean;
    }
    function encode(obj: Partial<SyncWant>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncWant>): SyncWant;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncWant>): Generator<SyncWantMailboxFieldEvent | SyncWantIdsFieldEvent | SyncWantNoRecordsFieldEvent>;
}
export interface SyncGive {
    mailbox: Uint8Array;
    items: SyncItem[];
}
export declare namespace SyncGive {
    const codec: () => Codec<SyncGive>;
    interface SyncGiveMailboxFieldEvent {
        field: '$.mailbox';
        value: Uint8Array;
    }
    interface SyncGiveItemsKindFieldEvent {
        field: '$.items[].kind';
        value: number;
        index: number;
    }
    interface SyncGiveItemsValueFieldEvent {
        field: '$.items[].value';
        value: Uint8Array;
        index: number;
    }
    function encode(obj: Partial<SyncGive>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncGive>): SyncGive;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncGive>): Generator<SyncGiveMailboxFieldEvent | SyncGiveItemsKindFieldEvent | SyncGiveItemsValueFieldEvent>;
}
export interface SyncItem {
    kind: number;
    value: Uint8Array;
}
export declare namespace SyncItem {
    const codec: () => Codec<SyncItem>;
    interface SyncItemKindFieldEvent {
        field: '$.kind';
        value: number;
    }
    interface SyncItemValueFieldEvent {
        field: '$.value';
        value: Uint8Array;
    }
    function encode(obj: Partial<SyncItem>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncItem>): SyncItem;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncItem>): Generator<SyncItemKindFieldEvent | SyncItemValueFieldEvent>;
}
export interface SyncResponse {
    status: number;
    retryAfterMs: number;
    limit: number;
    locator?: Uint8Array;
    salt: Uint8Array;
    ranges: Uint8Array;
    items: SyncItem[];
    served: number;
}
export declare namespace SyncResponse {
    const codec: () => Codec<SyncResponse>;
    interface SyncResponseStatusFieldEvent {
        field: '$.status';
        value: number;
    }
    interface SyncResponseRetryAfterMsFieldEvent {
        field: '$.retryAfterMs';
        value: number;
    }
    interface SyncResponseLimitFieldEvent {
        field: '$.limit';
        value: number;
    }
    interface SyncResponseLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface SyncResponseSaltFieldEvent {
        field: '$.salt';
        value: Uint8Array;
    }
    interface SyncResponseRangesFieldEvent {
        field: '$.ranges';
        value: Uint8Array;
    }
    interface SyncResponseItemsKindFieldEvent {
        field: '$.items[].kind';
        value: number;
        index: number;
    }
    interface SyncResponseItemsValueFieldEvent {
        field: '$.items[].value';
        value: Uint8Array;
        index: number;
    }
    interface SyncResponseServedFieldEvent {
        field: '$.served';
        value: number;
    }
    function encode(obj: Partial<SyncResponse>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncResponse>): SyncResponse;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncResponse>): Generator<SyncResponseStatusFieldEvent | SyncResponseRetryAfterMsFieldEvent | SyncResponseLimitFieldEvent | SyncResponseLocatorFieldEvent | SyncResponseSaltFieldEvent | SyncResponseRangesFieldEvent | SyncResponseItemsKindFieldEvent | SyncResponseItemsValueFieldEvent | SyncResponseServedFieldEvent>;
}
export interface LeftMailbox {
    sinceHour: number;
    locator: Uint8Array;
    proved: string[];
    dropped: boolean;
}
export declare namespace LeftMailbox {
    const codec: () => Codec<LeftMailbox>;
    interface LeftMailboxSinceHourFieldEvent {
        field: '$.sinceHour';
        value: number;
    }
    interface LeftMailboxLocatorFieldEvent {
        field: '$.locator';
        value: Uint8Array;
    }
    interface LeftMailboxProvedFieldEvent {
        field: '$.proved[]';
        index: number;
        value: string;
    }
    interface LeftMailboxDroppedFieldEvent {
        field: '$.dropped';
        value: boolean;
    }
    function encode(obj: Partial<LeftMailbox>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeftMailbox>): LeftMailbox;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<LeftMailbox>): Generator<LeftMailboxSinceHourFieldEvent | LeftMailboxLocatorFieldEvent | LeftMailboxProvedFieldEvent | LeftMailboxDroppedFieldEvent>;
}
export interface StoredRecord {
    receivedMs: number;
    header: Uint8Array;
    enc: Uint8Array;
    ct: Uint8Array;
    proof?: Uint8Array;
}
export declare namespace StoredRecord {
    const codec: () => Codec<StoredRecord>;
    interface StoredRecordReceivedMsFieldEvent {
        field: '$.receivedMs';
        value: number;
    }
    interface StoredRecordHeaderFieldEvent {
        field: '$.header';
        value: Uint8Array;
    }
    interface StoredRecordEncFieldEvent {
        field: '$.enc';
        value: Uint8Array;
    }
    interface StoredRecordCtFieldEvent {
        field: '$.ct';
        value: Uint8Array;
    }
    interface StoredRecordProofFieldEvent {
        field: '$.proof';
        value: Uint8Array;
    }
    function encode(obj: Partial<StoredRecord>): Uint8Array;
    function decode(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredRecord>): StoredRecord;
    function stream(buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredRecord>): Generator<StoredRecordReceivedMsFieldEvent | StoredRecordHeaderFieldEvent | StoredRecordEncFieldEvent | StoredRecordCtFieldEvent | StoredRecordProofFieldEvent>;
}
