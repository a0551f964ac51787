/** Text from strangers on a terminal: shown, never obeyed. Everything that io.ts prints for people goes through here. */
import { textOf as contentText } from '../client/content.ts'
import { isMailboxError } from '../errors.ts'

/**
 * Control, format, unassigned, private, line-separating and default-ignorable characters, and halves of a pair; except
 * line feed, tab, what chooses the form of an emoji, and the joiners where a script or an emoji needs them.
 */
const hidden =
  /(?!\n|\t|\u200c|\u200d|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{DI}]|(?<![\p{ExtPict}\p{EMod}\p{M}]|(?![\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}])\p{L})[\u200c\u200d]/gu

const escape = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** Escape sequences, carriage returns and direction marks become `\u{…}`. */
export function visible(text: string): string {
  return text.replace(hidden, escape)
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, escape)
}

/** JSON that says the same to a program and nothing to a terminal: what JSON lets pass is written as `\uXXXX`. */
export function visibleJson(json: string): string {
  return json.replace(hidden, character =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
    ).join('')
  )
}

/** Text when the bytes are what the sender calls them, text or JSON, in the charset it names; else undefined. */
export function textOf(contentType: string, body: Uint8Array): string | undefined {
  try {
    return contentText({ contentType, body })
  } catch (error) {
    if (isMailboxError(error, 'CONTENT')) return undefined
    throw error
  }
}

export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KiB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

export function timeText(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
