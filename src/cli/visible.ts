/** Text from strangers on a terminal: shown, never obeyed. */

/** Control, format and line-separating characters except line feed and tab; the joiners that scripts and emoji need stay. */
const hidden = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu

const escape = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** Escape sequences, carriage returns and direction marks become `\u{…}`. */
export function visible(text: string): string {
  return text.replace(hidden, escape)
}

/** The same on one line. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, escape)
}

/** Text when the bytes are UTF-8 and the sender calls them text, else undefined. */
export function textOf(contentType: string, body: Uint8Array): string | undefined {
  if (!/^text\//i.test(contentType)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (error) {
    if (error instanceof TypeError) return undefined
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
