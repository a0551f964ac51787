/** A message for people and for programs; its body on the terminal or in a file. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contact } from '../client/contacts.ts'
import type { BadMessage, Message, SentMessage } from '../client/message.ts'
import { isBad } from '../client/message.ts'
import { isCode, reasonOf } from '../daemon/file.ts'
import { msPerHour } from '../environment.ts'
import { MailboxError } from '../errors.ts'
import type { Io } from './io.ts'
import { print, printJson } from './io.ts'
import type { Given } from './options.ts'
import type { People } from './people.ts'
import { sizeText, textOf, timeText, visible, visibleLine } from './visible.ts'

type Fields = Readonly<Record<string, unknown>>

/** Received, or sent. */
export type AnyMessage = Message | SentMessage

/** Characters of a body that stand in a list for a subject. */
const previewLength = 60

/** Saves a body under the message's id: a name of ours, never one of the sender's. @throws MailboxError DATA_DIR */
export async function save(directory: string, { id, contentType, body }: AnyMessage): Promise<string> {
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

/** The file a body was saved as, when `--out` asks for one. */
export async function savedAs(given: Given, message: AnyMessage): Promise<string | undefined> {
  return typeof given.out === 'string' ? await save(given.out, message) : undefined
}

/** What a list says of a message, without its body; of one that cannot be read, why. */
export function rowFields(item: AnyMessage | BadMessage, name: string | undefined): Fields {
  if (!isBad(item)) return headFields(item, name)
  const { id, error } = item
  return { id, error: { code: error.code, message: error.message } }
}

function headFields(message: AnyMessage, name: string | undefined): Fields {
  const { id, from, to, createdMs, expiresHour, contentType, subject, inReplyTo, body } = message
  const received = 'receivedMs' in message
  return {
    id,
    from,
    to,
    name,
    ...(received ? { verified: true } : {}),
    createdMs,
    ...(received
      ? { receivedMs: message.receivedMs, readMs: message.readMs, ackedMs: message.ackedMs }
      : { storedMs: message.storedMs }),
    expiresMs: expiresHour * msPerHour,
    contentType,
    subject,
    inReplyTo,
    bytes: body.length,
    sha256: createHash('sha256').update(body).digest('hex')
  }
}

/** The body as text, else in base64, else where it was saved. */
function bodyFields({ contentType, body }: AnyMessage, file: string | undefined): Fields {
  if (file !== undefined) return { file }
  const text = textOf(contentType, body)
  return text === undefined ? { base64: Buffer.from(body).toString('base64') } : { text }
}

/** @param name the owner's name for the other */
export function messageFields(message: AnyMessage, file: string | undefined, name: string | undefined): Fields {
  return { ...rowFields(message, name), ...bodyFields(message, file) }
}

/** The subject, else the first words of a text, else what it is, else why it cannot be read: one line. */
export function gist(item: Pick<AnyMessage, 'subject' | 'contentType' | 'body'> | BadMessage): string {
  if ('error' in item) return `${item.error.message} (${item.error.code})`
  const { subject, contentType, body } = item
  if (subject !== undefined) return subject
  const text = textOf(contentType, body.subarray(0, 4 * previewLength)) ?? textOf(contentType, body)
  if (text === undefined) return contentType
  const line = text.trim().split('\n', 1)[0] ?? ''
  return Array.from(line).slice(0, previewLength).join('')
}

/** Every line of the body is indented, so that no body can pass for a heading. */
function showText(io: Io, message: AnyMessage, file: string | undefined, contact: Contact | undefined): void {
  const { id, from, to, createdMs, contentType, subject, inReplyTo, body } = message
  print(io, id)
  const known =
    contact === undefined
      ? ''
      : `${visibleLine(contact.name)}${contact.verifiedMs === undefined ? '' : ', safety number compared'}; `
  if ('receivedMs' in message) print(io, `  from     ${from} (${known}signature verified)`)
  else print(io, `  to       ${to}${known === '' ? '' : ` (${known.slice(0, -2)})`}`)
  print(io, `  written  ${timeText(createdMs)}`)
  if (inReplyTo !== undefined) print(io, `  answers  ${visibleLine(inReplyTo)}`)
  if (subject !== undefined) print(io, `  subject  ${visibleLine(subject)}`)
  const text = textOf(contentType, body)
  if (file !== undefined) print(io, `  saved    ${file} (${sizeText(body.length)}, ${visibleLine(contentType)})`)
  else if (text === undefined)
    print(io, `  body     ${sizeText(body.length)} of ${visibleLine(contentType)}, not shown; --out DIR saves it`)
  else for (const line of visible(text).replace(/\n$/, '').split('\n')) print(io, `  | ${line}`)
}

/** Shows a message with its body; with `--out` the body goes to a file. */
export async function showMessage(io: Io, given: Given, message: AnyMessage, people: People): Promise<void> {
  const file = await savedAs(given, message)
  const contact = await people.contact('receivedMs' in message ? message.from : message.to)
  if (given.json === true) printJson(io, { type: 'message', ...messageFields(message, file, contact?.name) })
  else showText(io, message, file, contact)
}
