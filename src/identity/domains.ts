/**
 * Domain strings: every hash, signature and derivation starts with its own, so that bytes made for one purpose mean
 * nothing for another (SPEC §2.3).
 */
export const domains = {
  envelope: 'mailbox/1/envelope',
  senderAuth: 'mailbox/1/sender-auth',
  record: 'mailbox/1/record',
  keyId: 'mailbox/1/key-id',
  lastResort: 'mailbox/1/last-resort',
  keyFile: 'mailbox/1/key-file',
  walletProbe: 'mailbox/1/wallet-probe',
  walletSecret: 'mailbox/1/wallet-secret',
  locator: 'mailbox/1/locator',
  locatorKey: 'mailbox/1/locator-key',
  locatorKey2: 'mailbox/1/locator-key-2',
  bundle: 'mailbox/1/bundle',
  config: 'mailbox/1/config',
  device: 'mailbox/1/device',
  receipt: 'mailbox/1/receipt',
  tombstone: 'mailbox/1/tombstone',
  ownerAuth: 'mailbox/1/owner-auth',
  advert: 'mailbox/1/advert',
  rank: 'mailbox/1/rank',
  textileBox: 'mailbox/1/textile-box',
  invitation: 'mailbox/1/invitation',
  safetyNumber: 'mailbox/1/safety-number',
  gate: 'mailbox/1/gate',
  gateId: 'mailbox/1/gate-id',
  stamp: 'mailbox/1/stamp',
  registrationStamp: 'mailbox/1/registration-stamp',
  relayInvite: 'mailbox/1/relay-invite'
} as const

export type Domain = (typeof domains)[keyof typeof domains]

/** Payload types of signing inputs: uvarints from the private-use range of multicodec, 0x300100 onwards (SPEC §2.3). */
export const payloadTypes = {
  locator: Uint8Array.of(0x81, 0x82, 0xc0, 0x01),
  bundle: Uint8Array.of(0x82, 0x82, 0xc0, 0x01),
  config: Uint8Array.of(0x83, 0x82, 0xc0, 0x01),
  device: Uint8Array.of(0x84, 0x82, 0xc0, 0x01),
  receipt: Uint8Array.of(0x85, 0x82, 0xc0, 0x01),
  tombstone: Uint8Array.of(0x86, 0x82, 0xc0, 0x01),
  ownerAuth: Uint8Array.of(0x87, 0x82, 0xc0, 0x01),
  advert: Uint8Array.of(0x88, 0x82, 0xc0, 0x01),
  invitation: Uint8Array.of(0x89, 0x82, 0xc0, 0x01),
  walletProbe: Uint8Array.of(0x8a, 0x82, 0xc0, 0x01),
  walletSecret: Uint8Array.of(0x8b, 0x82, 0xc0, 0x01),
  gate: Uint8Array.of(0x8c, 0x82, 0xc0, 0x01),
  relayInvite: Uint8Array.of(0x8d, 0x82, 0xc0, 0x01)
} as const
