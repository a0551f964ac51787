/**
 * The client as a browser gets it: one file by esbuild, no Node in it. The package check runs this on the packed file in
 * an empty application; the tests run what is bundled.
 *
 *   node config/browser.ts DIRECTORY     sizes and contents of the client installed there; fails over the budget
 */
import { realpathSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build, type Metafile, type Plugin } from 'esbuild'

/** KiB of the whole client when this was last written. */
export const measuredKib = { minified: 1066, gzip: 325 }
/** What it may have: 6% more. */
export const budgetKib = {
  minified: Math.round(measuredKib.minified * 1.06),
  gzip: Math.round(measuredKib.gzip * 1.06)
}

/** What no client may bring along: relays, the command line, and whatever is built for a machine or reads its disk. */
const foreign = [
  /\/dist\/(relay|daemon|cli|testing)\//,
  /\/src\/(relay|daemon|cli|testing)\//,
  /\/node_modules\/(classic-level|datastore-level|level|node-gyp-build|fastify|pino|prom-client|commander)\//,
  /\/node_modules\/@libp2p\/tcp\/dist\/src\/tcp\.js$/,
  /\.node$/
]

export interface Bundle {
  readonly code: string
  readonly minifiedBytes: number
  readonly gzipBytes: number
  /** Files in the bundle → bytes of each. */
  readonly files: ReadonlyMap<string, number>
}

/**
 * @param o.entry file to bundle, or a text that imports what is to be bundled
 * @param o.from directory whose node_modules are used
 * @param o.global name under which a classic script leaves its exports; without it the bundle is a module
 */
export async function bundle(o: {
  entry: { readonly file: string } | { readonly text: string }
  from: string
  global?: string
  plugins?: Plugin[]
}): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...('file' in o.entry
      ? { entryPoints: [o.entry.file] }
      : { stdin: { contents: o.entry.text, resolveDir: o.from } }),
    ...(o.global === undefined ? { format: 'esm' as const } : { format: 'iife' as const, globalName: o.global }),
    absWorkingDir: o.from,
    bundle: true,
    minify: true,
    platform: 'browser',
    // browsers of 2022 read it; what they lack besides syntax is in the README
    target: 'es2022',
    plugins: o.plugins ?? [],
    metafile: true,
    write: false,
    logLevel: 'silent'
  })
  const [output] = outputFiles
  const code = output?.text ?? ''
  return {
    code,
    minifiedBytes: Buffer.byteLength(code),
    gzipBytes: gzipSync(code, { level: 9 }).byteLength,
    files: filesOf(metafile)
  }
}

function filesOf(metafile: Metafile): Map<string, number> {
  const [output] = Object.values(metafile.outputs)
  return new Map(Object.entries(output?.inputs ?? {}).map(([file, { bytesInOutput }]) => [`/${file}`, bytesInOutput]))
}

/** Files that do not belong in a client, and files that no path of the bundle needs: `node:` ones never bundle at all. */
export function foreignFiles({ files }: Bundle): string[] {
  return [...files.keys()].filter(file => foreign.some(pattern => pattern.test(file)))
}

/** Package → bytes of it, largest first. */
export function largestPackages({ files }: Bundle, count: number): Array<[string, number]> {
  const bytes = new Map<string, number>()
  for (const [file, size] of files) {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? '(this package)'
    bytes.set(name, (bytes.get(name) ?? 0) + size)
  }
  return [...bytes].sort((a, b) => b[1] - a[1]).slice(0, count)
}

/** What answers other nodes' queries in kad-dht: it has no entry without it, so it comes along; a client never registers it. */
export function dhtServerBytes({ files }: Bundle): number {
  return [...files]
    .filter(([file]) => file.includes('/@libp2p/kad-dht/dist/src/rpc/'))
    .reduce((sum, [, n]) => sum + n, 0)
}

export const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`

function report(client: Bundle): string[] {
  const { minifiedBytes, gzipBytes } = client
  console.log(`client for browsers: ${kib(minifiedBytes)} minified, ${kib(gzipBytes)} gzip`)
  console.log(`budget: ${budgetKib.minified} KiB minified, ${budgetKib.gzip} KiB gzip`)
  for (const [name, bytes] of largestPackages(client, 10)) console.log(`${kib(bytes).padStart(9)}  ${name}`)
  console.log(`${kib(dhtServerBytes(client)).padStart(9)}  of kad-dht answers queries, and is never registered`)
  const replaced = [...client.files.keys()].some(file => file.endsWith('/dist/crypto/primitives.browser.js'))
  return [
    ...foreignFiles(client).map(file => `${file} does not belong in a client`),
    ...(replaced ? [] : ['the browser field of package.json was not heeded']),
    ...(minifiedBytes > budgetKib.minified * 1024 ? ['the minified client is over its budget'] : []),
    ...(gzipBytes > budgetKib.gzip * 1024 ? ['the gzipped client is over its budget'] : [])
  ]
}

if (import.meta.main) {
  const from = realpathSync(process.argv[2] ?? '.')
  const faults = report(await bundle({ entry: { text: "export * from 'libp2p-mailbox'" }, from }))
  for (const fault of faults) console.log(fault)
  process.exitCode = faults.length === 0 ? 0 : 1
}
