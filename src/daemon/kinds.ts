/** Kinds of values that a configuration key may have: what is taken, how it is said to people, how text becomes one. */
import { multiaddr } from '@multiformats/multiaddr'
import { z } from 'zod'
import { ladderBytes } from '../limits.ts'

function isMultiaddr(text: string, last?: string): boolean {
  try {
    const components = multiaddr(text).getComponents()
    return last === undefined ? components.length > 0 : components.at(-1)?.name === last
  } catch (error) {
    // the parser's way of saying no; anything else is a fault of ours
    if (error instanceof Error) return false
    throw error
  }
}

export const text = (schema: z.ZodType<string>, expects: string) => ({ schema, expects, kind: 'text' as const })

export const whole = (min: number, max: number) => ({
  schema: z.number().int().min(min).max(max),
  expects: `a whole number from ${min} to ${max}`,
  kind: 'number' as const
})

export const ladderSize = {
  schema: z.number().refine(bytes => ladderBytes.includes(bytes)),
  expects: `one of ${ladderBytes.join(', ')}`,
  kind: 'number' as const
}

export const addresses = (max: number) => ({
  schema: z.array(z.string().refine(text => isMultiaddr(text))).max(max) as z.ZodType<readonly string[]>,
  expects: `at most ${max} multiaddrs such as /ip4/127.0.0.1/tcp/4501`,
  kind: 'list' as const
})

export const relayAddresses = (max: number) => ({
  schema: z.array(z.string().refine(text => isMultiaddr(text, 'p2p'))).max(max) as z.ZodType<readonly string[]>,
  expects: `at most ${max} relay addresses as a relay prints them: multiaddrs that end in /p2p/ and its peer id`,
  kind: 'list' as const
})

export const yesOrNo = { schema: z.boolean(), expects: 'true or false', kind: 'boolean' as const }
