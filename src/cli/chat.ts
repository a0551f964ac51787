/** mailbox chat: lines typed here go to one person, whose messages appear here. Works on a terminal and in a pipe. */
import { clearLine, createInterface, cursorTo } from 'node:readline'
import type { Interface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { isBad } from '../client/message.ts'
import { isMailboxError, MailboxError } from '../errors.ts'
import type { Io } from './io.ts'
import { print, printJson, talk } from './io.ts'
import type { AnyMessage } from './message.ts'
import { messageFields } from './message.ts'
import type { Given } from './options.ts'
import { addClientOptions } from './options.ts'
import type { Session } from './owner.ts'
import { requireBootstrap, withMailbox } from './owner.ts'
import { addressOf, checkWho, People } from './people.ts'
import { addressText } from './table.ts'
import { sizeText, textOf, visible, visibleLine } from './visible.ts'

interface Talk {
  readonly io: Io
  readonly given: Given
  readonly session: Session
  readonly peer: string
  /** What to call the other. */
  readonly name: string
  readonly people: People
  /** The lines typed, or piped. */
  readonly lines: Interface
  /** Lines whose fate is not known yet; bounded by outboxMessagesMax. */
  readonly unstored: Set<Promise<void>>
  /** Ids of what was recalled at the start; at most `recalled`. */
  readonly shown: Set<string>
  /** Aborts when there are no more lines. */
  readonly stop: AbortController
}

/** Messages shown again at the start. */
const recalled = 10

const clock = (ms: number): string => new Date(ms).toTimeString().slice(0, 5)

/** Asks for a line, at a terminal. @param typing keeps what has been typed */
function prompt({ lines, stop, session }: Talk, typing = false): void {
  if (lines.terminal && !stop.signal.aborted && !session.signal.aborted) lines.prompt(typing)
}

/** Writes above the line that is being typed. */
function above(talking: Talk, write: () => void): void {
  const { io, lines } = talking
  if (lines.terminal) {
    cursorTo(io.stdout, 0)
    clearLine(io.stdout, 0)
  }
  write()
  prompt(talking, true)
}

/** The first line after the sender, the others behind a bar, so that none can pass for another message. */
function show({ io, given, name }: Talk, message: AnyMessage): void {
  const received = 'receivedMs' in message
  if (given.json === true) {
    printJson(io, { type: 'message', ...messageFields(message, undefined, name) })
    return
  }
  const { id, createdMs, subject, contentType, body } = message
  const text = textOf(contentType, body)
  const [first = '', ...rest] =
    text === undefined
      ? [
          `(${sizeText(body.length)} of ${visibleLine(contentType)}: "mailbox ${received ? 'inbox' : 'sent'} open ${id}")`
        ]
      : visible(text).trimEnd().split('\n')
  const about = subject === undefined ? '' : `[${visibleLine(subject)}] `
  print(io, `${clock(createdMs)} ${received ? visibleLine(name) : 'you'}: ${about}${first}`)
  for (const line of rest) print(io, `      | ${line}`)
}

/** What was said last, at a terminal. */
async function recall(talking: Talk): Promise<void> {
  const { session, peer, lines, shown } = talking
  const { mailbox, signal } = session
  if (!lines.terminal) return
  const { items } = await mailbox.inbox.conversationPage(peer, { limit: recalled, signal })
  for (const item of items.toReversed()) {
    if (isBad(item)) continue
    shown.add(item.id)
    show(talking, item)
  }
}

async function receive(talking: Talk): Promise<void> {
  const { io, given, session, peer, people, shown, stop } = talking
  const signal = AbortSignal.any([session.signal, stop.signal])
  try {
    for await (const event of session.mailbox.inbox.watch({ signal })) {
      if (event.type === 'drained' && given.json === true) printJson(io, { ...event })
      if (event.type !== 'message') continue
      const { message } = event
      // the backlog of a watch holds what other commands have shown already
      if (!event.live && (message.readMs !== undefined || shown.has(message.id))) continue
      const from = (await people.name(message.from)) ?? addressText(io, message.from)
      above(talking, () => {
        if (message.from === peer) show(talking, message)
        else talk(io, `(A message from ${visibleLine(from)} is in the inbox.)`)
      })
      if (message.from === peer) await session.mailbox.inbox.read(message.id, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Says what became of a line, when it is something to know. */
async function follow(talking: Talk, sent: { id: string; stored: Promise<unknown> }): Promise<void> {
  const { io, given, peer } = talking
  const { id } = sent
  try {
    await sent.stored
    if (given.json === true) printJson(io, { type: 'sent', id, to: peer, state: 'stored' })
  } catch (error) {
    if (!isMailboxError(error)) throw error
    if (error.code === 'ABORTED' || error.code === 'CLOSED') return
    above(talking, () => {
      talk(io, `mailbox: ${id} is not stored: ${error.message} (${error.code})`)
    })
  }
}

async function say(talking: Talk, line: string): Promise<void> {
  const { io, session, peer, unstored } = talking
  try {
    const sent = await session.mailbox.send(peer, line, { contentType: 'text/plain', signal: session.signal })
    const following = follow(talking, { id: sent.id, stored: sent.stored({ signal: session.signal }) })
    unstored.add(following)
    void following.finally(() => unstored.delete(following))
  } catch (error) {
    if (io.stdin.isTTY !== true || !isMailboxError(error) || session.signal.aborted) throw error
    above(talking, () => {
      talk(io, `mailbox: not sent: ${error.message} (${error.code})`)
    })
  }
}

/** Until the end of the input; then until what was said is stored. @throws MailboxError UNKNOWN */
async function speak(talking: Talk): Promise<void> {
  const { lines, session, unstored } = talking
  prompt(talking)
  for await (const line of lines) {
    if (line.trim() !== '') await say(talking, line)
    prompt(talking)
  }
  if (session.signal.aborted || unstored.size === 0) return
  const { waitMs } = session.effective.config
  await Promise.race([
    Promise.all(unstored),
    delay(waitMs, undefined, { signal: session.signal, ref: false }).catch((error: unknown) => {
      if (!session.signal.aborted) throw error
    })
  ])
  if (unstored.size === 0) return
  const many = unstored.size === 1 ? 'One line is' : `${unstored.size} lines are`
  throw new MailboxError('UNKNOWN', `${many} not stored yet and stay in the outbox; "mailbox outbox" says why.`)
}

async function chat(io: Io, given: Given, session: Session, who: string): Promise<void> {
  requireBootstrap(session.effective)
  const peer = await addressOf(session.mailbox, who)
  const people = new People(session.mailbox)
  const name = (await people.name(peer)) ?? addressText(io, peer)
  const terminal = io.stdin.isTTY === true && io.stdout.isTTY === true
  const lines = createInterface({
    input: io.stdin,
    prompt: terminal ? '> ' : '',
    terminal,
    ...(terminal ? { output: io.stdout } : {})
  })
  const stop = new AbortController()
  const talking: Talk = { io, given, session, peer, name, people, lines, unstored: new Set(), shown: new Set(), stop }
  const end = (): void => {
    lines.close()
  }
  session.signal.addEventListener('abort', end, { once: true })
  if (terminal) talk(io, `Lines go to ${visibleLine(name)}; Ctrl-D ends.`)
  try {
    await recall(talking)
    const receiving = receive(talking)
    // a watch that fails ends the chat
    receiving.catch(end)
    const speaking = speak(talking).finally(() => {
      stop.abort()
    })
    await Promise.all([receiving, speaking])
  } finally {
    session.signal.removeEventListener('abort', end)
    lines.close()
  }
}

export function addChat(program: Command, io: Io): void {
  const command = program
    .command('chat')
    .description('exchange lines with one person until the end of the input (Ctrl-D)')
    .argument('<who>', 'a contact or an address')
  addClientOptions(command, ['strangers']).action(async (who: string, given: Given) => {
    checkWho(who)
    await withMailbox(
      io,
      given,
      async session => {
        await chat(io, given, session, who)
      },
      { endless: true }
    )
  })
}
