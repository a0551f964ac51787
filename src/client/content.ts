/**
 * What a message says it is and what it is: content types, text and JSON, on the way out and on the way in (SPEC §10.2).
 * A sender's word is never trusted: whoever wants text or JSON has it checked here.
 */
import { format, isTypeValid, parse } from 'content-type'
import { MailboxError } from '../errors.ts'
import { bodyBytesMax, contentTypeBytesMax, subjectBytesMax } from '../limits.ts'

/** Bytes, text, or a value to be written as JSON. */
export type Body = Uint8Array | string | { readonly json: unknown }

/** A body with its content type, as it is going to be sealed. */
export interface Content {
  readonly contentType: string
  readonly body: Uint8Array
}

interface MediaType {
  readonly type: string
  readonly parameters: Readonly<Record<string, string>>
}

const expected = 'expected type/subtype[; name=value], such as text/plain or image/png'
const encoder = new TextEncoder()

/**
 * The bytes to send, and their type: the given one, else `text/plain`, `application/json` or `application/octet-stream`.
 * @throws MailboxError CONTENT: not a content type, a value that JSON cannot hold, text that is no Unicode, or bytes that
 * are not what `contentType` says; SIZE
 */
export function contentOf(body: Body, given: string | undefined): Content {
  const contentType = given ?? defaultType(body)
  atMost(encoder.encode(contentType).length, contentTypeBytesMax, 'contentTypeBytesMax', 'The content type')
  const media = mediaType(contentType)
  if (media === undefined) throw new MailboxError('CONTENT', `"${contentType}" is not a content type: ${expected}.`)
  const content = { contentType, body: bytesOf(body, media) }
  atMost(content.body.length, bodyBytesMax, 'bodyBytesMax', 'The body')
  if (isJson(media)) jsonOf(content)
  else if (media.type.startsWith('text/')) checkReads(body, textOf(content), contentType)
  return content
}

/** @throws MailboxError SIZE, CONTENT */
export function checkSubject(subject: string): void {
  if (!subject.isWellFormed()) throw new MailboxError('CONTENT', 'The subject is not well-formed Unicode text.')
  atMost(encoder.encode(subject).length, subjectBytesMax, 'subjectBytesMax', 'The subject')
}

/**
 * The body as text, when its type is `text/…` or JSON and its bytes are text of the charset it names (default UTF-8).
 * @throws MailboxError CONTENT
 */
export function textOf(message: Content): string {
  const media = mediaType(message.contentType)
  if (media === undefined || !(media.type.startsWith('text/') || isJson(media)))
    throw new MailboxError('CONTENT', `The body is "${message.contentType}", which is not text; read its bytes.`)
  // RFC 8259: JSON is UTF-8, whatever a parameter says
  return decoded(message.body, isJson(media) ? 'utf-8' : (media.parameters.charset ?? 'utf-8'))
}

/** The value of a body whose type is JSON. @throws MailboxError CONTENT when its type is another, or it is no JSON */
export function jsonOf(message: Content): unknown {
  const media = mediaType(message.contentType)
  if (media === undefined || !isJson(media))
    throw new MailboxError('CONTENT', `The body is "${message.contentType}", which is not JSON; read its bytes.`)
  try {
    return JSON.parse(decoded(message.body, 'utf-8')) as unknown
  } catch (cause) {
    if (cause instanceof MailboxError) throw cause
    throw new MailboxError('CONTENT', `The body says it is "${message.contentType}" and is no JSON.`, { cause })
  }
}

function defaultType(body: Body): string {
  if (typeof body === 'string') return 'text/plain'
  return body instanceof Uint8Array ? 'application/octet-stream' : 'application/json'
}

function bytesOf(body: Body, media: MediaType): Uint8Array {
  if (body instanceof Uint8Array) return body
  if (typeof body !== 'string') return encoder.encode(jsonText(body, media))
  if (body.isWellFormed()) return encoder.encode(body)
  throw new MailboxError('CONTENT', 'The text is not well-formed Unicode: it has a lone surrogate; send it as bytes.')
}

function jsonText({ json }: { json: unknown }, media: MediaType): string {
  if (!isJson(media))
    throw new MailboxError('CONTENT', `A JSON body has the type application/json or …+json, not "${media.type}".`)
  const text = stringified(json)
  if (text === undefined) throw new MailboxError('CONTENT', `A value of type ${typeof json} cannot be written as JSON.`)
  return text
}

function stringified(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    throw new MailboxError('CONTENT', `The value cannot be written as JSON: ${(cause as Error).message}.`, { cause })
  }
}

/** Text is written in UTF-8: a charset under which it would read otherwise is refused. */
function checkReads(body: Body, read: string, contentType: string): void {
  if (typeof body !== 'string' || read === body.replace(/^\uFEFF/, '')) return
  throw new MailboxError(
    'CONTENT',
    `Text is sent in utf-8 and would read otherwise as "${contentType}": leave the charset out, or send bytes of it.`
  )
}

/** Undefined unless all of `text` has the form of RFC 9110: the parser passes over what it cannot read. */
function mediaType(text: string): MediaType | undefined {
  const { type, parameters } = parse(text)
  if (!isTypeValid(type)) return undefined
  try {
    const read = format({ type, parameters })
    return bare(read) === bare(text) ? { type, parameters } : undefined
  } catch (error) {
    // the library's word for a name or value that has no legal form
    if (error instanceof TypeError) return undefined
    throw error
  }
}

/** Without what may be written in several ways: space, quotes, capitals. */
const bare = (text: string): string => text.replace(/[ \t"\\]/g, '').toLowerCase()

const isJson = ({ type }: MediaType): boolean => /^(application|text)\/json$|\+json$/.test(type)

function decoded(body: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body)
  } catch (cause) {
    throw new MailboxError('CONTENT', `The body says it is text in ${charset} and is not.`, { cause })
  }
}

function atMost(bytes: number, max: number, limit: string, what: string): void {
  if (bytes > max) throw new MailboxError('SIZE', `${what} has ${bytes} bytes; ${limit} is ${max}.`, { limit })
}
