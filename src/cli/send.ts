/** mailbox send: leave a message, and wait until enough relays have it on disk. */
import type { Command } from 'commander'
import type { Body } from '../client/content.ts'
import type { Sent } from '../client/sender.ts'
import type { Receipts } from '../client/outbox.ts'
import { msPerHour } from '../environment.ts'
import type { ErrorCode } from '../errors.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import { bodyBytesMax } from '../limits.ts'
import { shelfOf } from './inbox/marks.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import { idOf } from './listing.ts'
import type { Given } from './options.ts'
import { addClientOptions, hoursOf } from './options.ts'
import type { Session } from './owner.ts'
import { requireBootstrap, withMailbox } from './owner.ts'
import { addressOf, checkWho } from './people.ts'
import { outboxProgress, progress } from './progress.ts'
import { readAll, readBody, tooLarge } from './read.ts'
import { textOf } from './visible.ts'

interface Draft {
  readonly body: Body
  readonly contentType?: string
}

/** @throws MailboxError CONTENT */
function jsonDraft(json: string): Draft {
  try {
    return { body: { json: JSON.parse(json) as unknown } }
  } catch (cause) {
    throw new MailboxError('CONTENT', `--json-body is no JSON: ${(cause as Error).message}.`, { cause })
  }
}

/** @throws MailboxError USAGE, SIZE */
async function draftOf(io: Io, text: string | undefined, given: Given): Promise<Draft> {
  const file = typeof given.file === 'string' ? given.file : undefined
  const json = typeof given.jsonBody === 'string' ? given.jsonBody : undefined
  if ([text, file, json].filter(given => given !== undefined).length !== 1)
    throw new MailboxError('USAGE', 'Give one thing to send: a text, - for stdin, --file FILE, or --json-body JSON.')
  const type = typeof given.contentType === 'string' ? given.contentType : undefined
  if (json !== undefined) return { ...jsonDraft(json), ...(type === undefined ? {} : { contentType: type }) }
  if (file !== undefined) return { body: await readBody(file), contentType: type ?? 'application/octet-stream' }
  if (text === '-') {
    const body = await readAll(io.stdin, bodyBytesMax)
    return {
      body,
      contentType: type ?? (textOf('text/plain', body) === undefined ? 'application/octet-stream' : 'text/plain')
    }
  }
  if (text !== undefined && Buffer.byteLength(text) > bodyBytesMax) throw tooLarge()
  return { body: text ?? '', contentType: type ?? 'text/plain' }
}

function optionsOf(given: Given): { ttlHours?: number; subject?: string } {
  const { subject } = given
  const ttlHours = hoursOf(given)
  return {
    ...(ttlHours === undefined ? {} : { ttlHours }),
    ...(typeof subject === 'string' ? { subject } : {})
  }
}

/** What waiting a little does not change: the recipient, or whoever keeps the bootstrap relays, has to come first. */
const lasting = new Set<ErrorCode>(['NO_MAILBOX', 'BOOTSTRAP'])

/** Waits for W receipts; why not, when the wait ends before. */
async function outcome(sent: Sent, o: { wait: boolean; signal: AbortSignal }): Promise<Receipts | MailboxError> {
  const { lastError } = sent
  if (!o.wait && lastError !== undefined && lasting.has(lastError.code))
    return new MailboxError(lastError.code, lastError.message)
  try {
    return await sent.stored({ signal: o.signal })
  } catch (error) {
    if (isMailboxError(error)) return error
    throw error
  }
}

/** The message that is answered, named by its id or the beginning of it. @throws MailboxError NOT_FOUND, USAGE */
async function answered({ mailbox }: Session, { replyTo }: Given): Promise<{ inReplyTo?: string }> {
  return typeof replyTo === 'string' ? { inReplyTo: await idOf(shelfOf(mailbox), replyTo) } : {}
}

async function send(io: Io, given: Given, session: Session, who: string, draft: Draft): Promise<void> {
  const { mailbox, effective, signal } = session
  const to = await addressOf(mailbox, who)
  const { contentType } = draft
  const typed = contentType === undefined ? {} : { contentType }
  const options = { ...optionsOf(given), ...(await answered(session, given)), ...typed, signal }
  requireBootstrap(effective)
  const over = new AbortController()
  const showing = outboxProgress(io, mailbox.outbox, AbortSignal.any([signal, over.signal]))
  const result = await progress(io, 'Waiting until enough relays have it on disk', async () => {
    const sent = await mailbox.send(to, draft.body, options)
    return { sent, receipts: await outcome(sent, { wait: given.wait === true, signal }) }
  }).finally(() => {
    over.abort()
  })
  await showing
  if (!(result.receipts instanceof MailboxError)) {
    printStored(io, given, to, result.receipts)
    return
  }
  const entry = await mailbox.outbox.get(result.sent.id)
  const { id, state } = entry ?? { id: result.sent.id, state: 'unknown' }
  if (given.json === true) printJson(io, { type: 'sent', id, to, state })
  else print(io, `${id} ${state}`)
  throw notStored(result.receipts, state, entry?.lastError)
}

function printStored(io: Io, given: Given, to: string, { id, storedMs, writeQuorum, relays }: Receipts): void {
  if (given.json === true) {
    const signed = relays.map(({ keepUntilHour, ...receipt }) => ({
      ...receipt,
      keepUntilMs: keepUntilHour * msPerHour
    }))
    printJson(io, { type: 'sent', id, to, state: 'stored', storedMs, writeQuorum, relays: signed })
    return
  }
  print(io, `${id} stored`)
  for (const { relay } of relays) print(io, `  ${relay}`)
  talk(io, `Stored: ${relays.length} relays have signed that it is on disk, ${writeQuorum} are needed.`)
}

/** What to throw for a message that stays in the outbox, or that failed for good. */
function notStored(
  waited: MailboxError,
  state: string,
  last: { code: ErrorCode; message: string } | undefined
): MailboxError {
  if (waited.code === 'ABORTED') return waited
  if (state === 'failed' || state === 'expired') return waited
  const why = last === undefined ? waited.message : last.message
  const code = state === 'unknown' ? 'UNKNOWN' : state === 'no-mailbox' ? 'NO_MAILBOX' : (last?.code ?? waited.code)
  return new MailboxError(
    code,
    `Not stored yet (${state}): ${why} It stays in the outbox; "mailbox outbox retry" tries again, and trying again is safe.`,
    { cause: waited }
  )
}

export function addSend(program: Command, io: Io): void {
  const command = program
    .command('send')
    .description('leave a message and wait until it is stored; what is not stored stays in the outbox')
    .argument('<who>', 'a contact or an address')
    .argument('[text]', 'the message; - reads stdin')
    .option('--file <file>', 'send the bytes of a file')
    .option('--json-body <json>', 'send a JSON value')
    .option('--content-type <type>', 'what the body is (default: text/plain, for files application/octet-stream)')
    .option('--subject <subject>', 'sealed with the message')
    .option('--reply-to <id>', 'the message that this one answers: its id, or the beginning of it')
    .option(
      '--ttl-hours <hours>',
      'relays drop the message after this time (default: 336, or what the recipient allows)'
    )
    .option('--wait', 'wait also while the recipient has no mailbox, at most --wait-ms')
  addClientOptions(command).action(async (who: string, text: string | undefined, given: Given) => {
    checkWho(who)
    optionsOf(given)
    const draft = await draftOf(io, text, given)
    await withMailbox(io, given, async session => {
      await send(io, given, session, who, draft)
    })
  })
}
