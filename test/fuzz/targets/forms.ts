/**
 * Targets that read texts. The first byte of an input says whether the rest is the text itself, in UTF-8, or what its
 * base32 stands for, signed where such texts are.
 */
import assert from 'node:assert/strict'
import { base32 } from 'multiformats/bases/base32'
import type { ErrorCode } from '../../../src/errors.ts'
import { joined } from '../mutate.ts'
import type { Target } from '../target.ts'

const asText = 0
const asBytes = 1
export const utf8 = (text: string): Uint8Array => joined([Uint8Array.of(asText), new TextEncoder().encode(text)])
export const bytes = (given: Uint8Array): Uint8Array => joined([Uint8Array.of(asBytes), given])

export interface Form {
  readonly name: string
  readonly reads: string
  readonly codes: readonly ErrorCode[]
  readonly seeds: () => Promise<readonly Uint8Array[]>
  readonly run: (text: string) => unknown
  /** The text that stands for bytes; base32 of them unless given. */
  readonly textOf?: (given: Uint8Array) => Promise<string> | string
  readonly work?: { readonly base: number; readonly perByte: number }
}

export function targetOf({ run, textOf = base32.encode.bind(base32), ...form }: Form): Target {
  return {
    // base-x is quadratic in what has no limit before it
    work: { base: 40_000, perByte: 400 },
    ...form,
    head: 1,
    run: async input => {
      const rest = input.subarray(1)
      await run(input[0] === asBytes ? await textOf(rest) : new TextDecoder().decode(rest))
    }
  }
}

/** No secret of a refused text is in what is said of it; what is shorter than `least` is none. */
export function silent(run: (text: string) => unknown, least = 12): (text: string) => Promise<unknown> {
  return async text => {
    try {
      return await run(text)
    } catch (error) {
      assert(text.trim().length < least || !String(error).includes(text.trim()), 'a refusal repeats the text')
      throw error
    }
  }
}
