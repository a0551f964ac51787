/**
 * What `--json` prints: one object a command, or one a line from those that go on (relay, watch, chat, demo). Fields may
 * be added, none changes its meaning. Times are milliseconds since 1970; `?` marks what is not always there.
 * COMMANDS.md is made from this.
 */
interface Form {
  readonly by: string
  readonly fields: string
}

const leaving = 'leaving[{relay, outcome, by?, code?}]'
const head =
  'id, from, to, name?, verified?, createdMs, receivedMs or storedMs, readMs?, ackedMs?, expiresMs, contentType, subject?, inReplyTo?, bytes, sha256'

export const forms = {
  relay: { by: 'relay, when it is ready', fields: 'id, addresses[], admin?' },
  store: {
    by: 'relay verify',
    fields: 'sound, mailboxes, records, bytes, tombstones, quarantined, problems{}'
  },
  repaired: { by: 'relay repair', fields: 'as `store` after it; salvaged, repaired{}' },
  invites: { by: 'relay invite', fields: 'id, invites[], expiresMs' },
  drain: { by: 'relay drain', fields: 'id, draining, running, listing?' },
  identity: { by: 'id new, show, import, restore, passphrase', fields: 'address, data, encrypted' },
  'private-key': { by: 'id export', fields: 'address, privateKey' },
  'key-file': { by: 'id export --as file', fields: 'address, keyFile' },
  'recovery-phrase': { by: 'id phrase', fields: 'address, phrase' },
  exported: { by: 'id export, phrase with --out', fields: 'form, address, file' },
  registration: {
    by: 'register; relays add, remove, replace',
    fields: `address, alreadyOpen, writeQuorum, leaseUntilMs, relays[{id, role, leaseUntilMs or code, reason?}], ${leaving}`
  },
  gate: { by: 'gates create, revoke', fields: 'id, name, share, createdMs, revokedMs?' },
  gates: { by: 'gates list', fields: 'gates[{as in `gate`}]' },
  relays: { by: 'relays list', fields: 'address, relays[{id, role, addresses[]}]' },
  sent: {
    by: 'send; chat, for each line',
    fields: 'id, to, state; from send when stored: storedMs, writeQuorum, relays[{relay, receivedMs, keepUntilMs}]'
  },
  inbox: {
    by: 'inbox list',
    fields: `all, unread, messages[{${head}, file?; or id, error{code, message}}], next?, pull?{received, requests, complete, failed[{id, code}], relays[{id, answered, code?}], ${leaving}}`
  },
  sentbox: { by: 'sent list', fields: 'all, messages[{as in `inbox`}], next?' },
  conversation: { by: 'conversation WHO', fields: 'peer, name?, messages[{direction, as in `inbox`}], next?' },
  conversations: { by: 'conversation', fields: 'conversations[{peer, name?, all, unread, last{}}], next?' },
  message: {
    by: 'inbox open, inbox watch, requests open, sent open, chat',
    fields: `${head}, and one of text, base64, file; from inbox watch: live, cursor; from sent open: receipts[{relay, receivedMs, keepUntilMs}]`
  },
  marked: { by: 'inbox read, unread, delete; sent, requests, outbox delete', fields: 'as, ids[]' },
  acked: { by: 'inbox ack', fields: 'ids[], confirmed[], pending[]: ids of relays' },
  read: { by: 'inbox watch', fields: 'as `message` without the body; live, cursor' },
  unread: { by: 'inbox watch', fields: 'as `read`' },
  deleted: { by: 'inbox watch, sent watch', fields: 'as `read`' },
  stored: { by: 'sent watch', fields: 'as `message` without the body; cursor' },
  request: { by: 'inbox watch', fields: 'as `read`' },
  bad: { by: 'inbox watch, sent watch', fields: 'id, error{code, message}, cursor' },
  drained: { by: 'inbox watch, chat', fields: 'complete, cursor' },
  online: { by: 'inbox watch', fields: 'relay' },
  offline: { by: 'inbox watch', fields: 'relay' },
  leaving: { by: 'inbox watch', fields: 'relay, outcome, by?, code?' },
  outbox: {
    by: 'outbox list, retry',
    fields:
      'entries[{id, handle?, to, name?, state, createdMs, expiresMs, attempts, nextMs?, mayArrive, lastError?{code, message}}]'
  },
  'outbox-entry': { by: 'outbox show', fields: 'as an entry in `outbox`' },
  'outbox-event': {
    by: 'outbox watch',
    fields: 'event (state, stored, deleted, or damaged with its id alone), and as in `outbox`'
  },
  history: {
    by: 'outbox history',
    fields: 'id, attempts[{atMs, relay?, code?, receipt?{relay, receivedMs, keepUntilMs}}]'
  },
  cancelled: { by: 'outbox cancel', fields: 'id, mayArrive' },
  contact: {
    by: 'contacts add, rename, deal, verify, safety; accept',
    fields: 'address, name, addedMs, verifiedMs?, gate?, blocked; from safety: safetyNumber'
  },
  contacts: { by: 'contacts list', fields: 'contacts[{as in `contact`}], blocked[{address, atMs}]' },
  requests: { by: 'requests list', fields: 'all, messages[{as in `inbox`}], next?, waiting?' },
  accepted: { by: 'requests accept', fields: 'address, name?' },
  invitation: { by: 'invite create', fields: 'id, uri, expiresMs, leftOut[]: ids of relays' },
  invitations: {
    by: 'invite list',
    fields: 'invitations[{id, uri, createdMs, expiresMs, state, contact?, usedBy?, usedMs?}]'
  },
  revoked: { by: 'invite revoke', fields: 'id' },
  removed: { by: 'contacts remove', fields: 'address, name' },
  blocked: { by: 'contacts block, unblock; requests block', fields: 'address, blocked' },
  status: {
    by: 'status',
    fields:
      'address, registered, writeQuorum?, outbox, damaged?, relays[{id, role, online, draining?, code?, records?, bytes?, leaseUntilMs?, strangers?{records, bytes}, gates?[{gate, records, bytes}]}], leaving[{relay, outcome, code?}], strangersLane{policy, bits, classBytesMax, ttlHoursMax}'
  },
  step: { by: 'demo', fields: 'step, seconds, checked' }
} as const satisfies Record<string, Form>

export type FormName = keyof typeof forms
