/** mailbox inbox: fetch what the relays hold, show what is here, follow what comes. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { PullReport } from '../client/inbox.ts'
import type { InboxItem, Message } from '../client/message.ts'
import { isBad } from '../client/message.ts'
import type { WatchEvent } from '../client/watch.ts'
import { isCode, reasonOf } from '../daemon/file.ts'
import { MailboxError } from '../errors.ts'
import { listLimitDefault, listLimitMax } from '../limits.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import { talkOfLeaving } from './leaving.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { withMailbox } from './owner.ts'
import { progress } from './progress.ts'
import { sizeText, textOf, timeText, visible, visibleLine } from './visible.ts'

/** Saves a body under the message's id: a name of ours, never one of the sender's. @throws MailboxError DATA_DIR */
async function save(directory: string, { id, contentType, body }: Message): Promise<string> {
  const path = join(directory, `${id}${textOf(contentType, body) === undefined ? '.bin' : '.txt'}`)
  try {
    await mkdir(directory, { recursive: true })
    await writeFile(path, body, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    // the same message saved before; anything else of that name is not ours to replace
    if (isCode(cause, 'EEXIST') && Buffer.compare(await readFile(path).catch(() => Buffer.alloc(0)), body) === 0)
      return path
    throw new MailboxError(
      'DATA_DIR',
      `The message cannot be saved as ${path} (${reasonOf(cause)}); name another directory with --out.`,
      { cause }
    )
  }
  return path
}

function bodyFields(message: Message, file: string | undefined): Record<string, unknown> {
  const text = textOf(message.contentType, message.body)
  const content =
    file !== undefined
      ? { file }
      : text !== undefined
        ? { text }
        : { base64: Buffer.from(message.body).toString('base64') }
  return { bytes: message.body.length, sha256: createHash('sha256').update(message.body).digest('hex'), ...content }
}

function showJson(io: Io, message: Message, file: string | undefined): void {
  const { id, from, to, createdMs, receivedMs, contentType, subject, inReplyTo } = message
  printJson(io, {
    type: 'message',
    id,
    from,
    to,
    verified: true,
    createdMs,
    receivedMs,
    contentType,
    subject,
    inReplyTo,
    ...bodyFields(message, file)
  })
}

/** Every line of the body is indented, so that no body can pass for a heading. */
function showText(io: Io, message: Message, file: string | undefined): void {
  const { id, from, createdMs, contentType, subject, body } = message
  print(io, id)
  print(io, `  from     ${from} (signature verified)`)
  print(io, `  written  ${timeText(createdMs)}`)
  if (subject !== undefined) print(io, `  subject  ${visibleLine(subject)}`)
  const text = textOf(contentType, body)
  if (file !== undefined) print(io, `  saved    ${file} (${sizeText(body.length)}, ${visibleLine(contentType)})`)
  else if (text === undefined)
    print(io, `  body     ${sizeText(body.length)} of ${visibleLine(contentType)}, not shown; --out DIR saves it`)
  else for (const line of visible(text).replace(/\n$/, '').split('\n')) print(io, `  | ${line}`)
}

async function show(io: Io, given: Given, message: Message): Promise<void> {
  const file = typeof given.out === 'string' ? await save(given.out, message) : undefined
  if (given.json === true) showJson(io, message, file)
  else showText(io, message, file)
}

async function pull(io: Io, given: Given, { mailbox, signal }: Session): Promise<PullReport | undefined> {
  if (given.offline === true) return undefined
  return await progress(io, 'Asking the relays', async () => await mailbox.inbox.pull({ signal }))
}

/** @throws MailboxError USAGE */
function limitOf(given: Given): number {
  if (typeof given.limit !== 'string') return listLimitDefault
  const limit = Number(given.limit)
  if (Number.isInteger(limit) && limit >= 1 && limit <= listLimitMax) return limit
  throw new MailboxError('USAGE', `--limit is "${given.limit}"; expected a whole number from 1 to ${listLimitMax}.`)
}

function summary(io: Io, given: Given, report: PullReport, shown: number): void {
  const answered = report.relays.filter(relay => relay.answered).length
  const { received, failed, complete, relays, leaving } = report
  if (given.json === true) printJson(io, { type: 'pull', received, complete, failed, relays, leaving })
  else
    talk(
      io,
      `${received} new, ${shown} shown; ${answered} of ${relays.length} relays gave everything they hold${complete ? ', nothing is missing' : ''}.`
    )
  talkOfLeaving(io, leaving)
  for (const { id, code } of failed)
    talk(io, `mailbox: the record ${id} does not open (${code}); it stays on the relays until it expires.`)
  if (complete) return
  throw new MailboxError(
    'INCOMPLETE',
    `Only ${answered} of ${relays.length} relays answered, so messages may be missing here; try again later.`
  )
}

async function list(io: Io, given: Given, session: Session): Promise<void> {
  const limit = limitOf(given)
  const report = await pull(io, given, session)
  const newest: InboxItem[] = []
  for await (const message of session.mailbox.inbox.list({ limit, signal: session.signal })) newest.push(message)
  for (const message of newest.reverse()) {
    if (isBad(message)) talk(io, `mailbox: ${message.error.message}`)
    else await show(io, given, message)
  }
  if (report !== undefined) summary(io, given, report, newest.length)
}

async function event(io: Io, given: Given, seen: WatchEvent): Promise<void> {
  if (seen.type === 'message') await show(io, given, seen.message)
  else if (given.json === true) printJson(io, { ...seen })
  else if (seen.type === 'drained')
    talk(io, `Drained${seen.complete ? '' : ', though not enough relays answered to be sure'}; waiting for more.`)
  else if (seen.type === 'leaving') talkOfLeaving(io, [seen])
  else talk(io, `Relay ${seen.relay} is ${seen.type}.`)
}

/** Ends without an error when the caller interrupts it: that is how a watch ends. */
async function watch(io: Io, given: Given, { mailbox, signal }: Session): Promise<void> {
  try {
    for await (const seen of mailbox.inbox.watch({ signal })) await event(io, given, seen)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

export function addInbox(program: Command, io: Io): void {
  const command = program
    .command('inbox')
    .description('fetch messages and show them, oldest first')
    .option('--watch', 'stay and show messages as they come, until interrupted')
    .option('--offline', 'show what is here, ask no relay')
    .option('--limit <n>', `show at most the newest n (default: ${listLimitDefault})`)
    .option('--out <dir>', 'save each body as a file named by its message id')
  addClientOptions(command).action(async (given: Given) => {
    const use = given.watch === true ? watch : list
    limitOf(given)
    await withMailbox(
      io,
      given,
      async session => {
        await use(io, given, session)
      },
      { endless: given.watch === true }
    )
  })
}
