/** Textile's door: the names and shapes of `@textile/users` and `@textile/crypto`, for mailboxes and keys (SPEC §10.11). */
export { PrivateKey, PublicKey } from './keys.ts'
export type { Identity, Private, Public } from './keys.ts'
export { decrypt, encrypt } from './box.ts'
export {
  extractPublicKeyBytes,
  privateKeyBytesToString,
  privateKeyFromString,
  privateKeyToString,
  publicKeyBytesFromString,
  publicKeyBytesToString,
  publicKeyToString
} from './text.ts'
export { Users } from './users.ts'
export type { KeyInfo, UserAuth } from './users.ts'
export type { UserIdentity, UsersOptions } from './session.ts'
export { Status } from './message.ts'
export type { InboxListOptions, SentboxListOptions, UserMessage } from './message.ts'
export { MailboxEventType } from './watch.ts'
export type { MailboxEvent, WatchCallback, Watching, WatchState } from './watch.ts'
export { readContent, textileContentType } from './content.ts'
