/**
 * The client's surface: a mailbox to open, identities to open it with, errors to expect. Relays are under `/relay`, a
 * whole node under `/daemon`, networks without sockets under `/testing`.
 */
export { Mailbox } from './client/mailbox.ts'
export type { MailboxStatus, OpenOptions, RelayStatus } from './client/mailbox.ts'
export type { Refusal } from './client/refused.ts'
export type { AckPolicy, FailedRecord } from './client/intake.ts'
export type { AckReport, Inbox, PullReport, RelayReport } from './client/inbox.ts'
export type { Contact, Contacts } from './client/contacts.ts'
export type { Invitations, Invited, InviteOptions, OpenInvitation } from './client/invitations.ts'
export type { RequestOptions, Requests } from './client/requests.ts'
export type { Strangers, Waiting } from './client/standing.ts'
export type { Conversation, ConversationItem, ConversationOptions } from './client/conversations.ts'
export type { Page, RangeOptions } from './client/listing.ts'
export { isBad } from './client/message.ts'
export type {
  BadMessage,
  InboxItem,
  ListOptions,
  Message,
  ReceiptNote,
  SentItem,
  SentListOptions,
  SentMessage
} from './client/message.ts'
export type { Attempt } from './client/history.ts'
export { jsonOf, textOf } from './client/content.ts'
export type { Body, Content } from './client/content.ts'
export type { Outbox, OutboxEntry, OutboxEvent, OutboxMessage, Receipts } from './client/outbox.ts'
export type { RegisterOptions } from './client/register.ts'
export type { Leaving } from './client/leaving.ts'
export type { Registered, Registration, RelayLease, SourceRelay } from './client/registration.ts'
export type { OutboxState } from './client/rows.ts'
export type { Sentbox, SentEvent } from './client/sentbox.ts'
export type { SendOptions, Sent } from './client/sender.ts'
export type { Database } from './client/store.ts'
export type { WatchEvent } from './client/watch.ts'

export { generateIdentity, identityFromSeed, parseIdentityKey } from './identity/keys.ts'
export type { Identity, IdentityKey, KeptKeys, PrivateIdentity, SealedBytes } from './identity/keys.ts'
export { keyFileHeader, looksLikeKeyFile, openKeyFile, sealKeyFile } from './identity/keyfile.ts'
export type { KeyFileCost, KeyFileHeader } from './identity/keyfile.ts'
export { identityFromWallet } from './identity/wallet.ts'
export type { Wallet, WalletOptions } from './identity/wallet.ts'
export { identityFromPhrase, recoveryPhrase } from './identity/phrase.ts'
export { addressOf, parseAddress, parsePrivateKey } from './identity/address.ts'
export { openInvitation } from './identity/invitation.ts'
export type { Invitation, InvitingRelay } from './identity/invitation.ts'
export type { Locator } from './identity/locator.ts'
export { safetyNumber } from './identity/safety.ts'

export { errorTable, isMailboxError, MailboxError } from './errors.ts'
export type { ErrorCode, ErrorDetails } from './errors.ts'

export { systemEnvironment } from './environment.ts'
export type { Environment, Log, LogLevel } from './environment.ts'

export type { Advert } from './identity/advert.ts'
export { AdvertBook } from './placement/adverts.ts'
export type { Hint } from './placement/adverts.ts'
export type { Closest } from './placement/dht.ts'
export type { CallOptions, Channel, Network, PeerAddress, Protocol } from './wire/port.ts'
