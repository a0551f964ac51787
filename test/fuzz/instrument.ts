/**
 * Counts what runs. A load hook writes a counter into every block, branch and case of the modules under test, so that one
 * execution costs microseconds: reading V8's own precise coverage after each takes 6 ms here, 70 times what most decoders
 * take. Allocations are metered as they are made. Import nothing that is to be counted before `instrument`.
 */
import { registerHooks } from 'node:module'
import ts from 'typescript'

const blocksMax = 65_536

/** Of one execution: how often each block ran, and the bytes of typed arrays that were asked for. */
export interface Meter {
  readonly counts: Uint32Array
  /** Largest single allocation, and all of them together. */
  largest: number
  total: number
}

/** Blocks known, by number: the file each is in. */
const fileOf: string[] = []
export const meter: Meter = { counts: new Uint32Array(blocksMax), largest: 0, total: 0 }

export function resetMeter(): void {
  meter.counts.fill(0, 0, fileOf.length)
  meter.largest = 0
  meter.total = 0
}

/** Blocks in the modules loaded so far. */
export const blocks = (): number => fileOf.length

/** Exported functions of src, as `file name`, and the block that each begins with. */
export const entrances = new Map<string, number>()

/** Files of these blocks. */
export const filesOf = (numbers: Iterable<number>): Set<string> => new Set([...numbers].map(n => fileOf[n] ?? ''))

/** What peers' bytes reach outside src. */
const packages = ['protons-runtime', '@multiformats/multiaddr', '@libp2p/peer-record', 'multiformats', 'uint8-varint']
const counted = (url: string): boolean =>
  /\/src\/.*\.(ts|js)$/.test(url) && !url.includes('/node_modules/')
    ? true
    : packages.some(name => url.includes(`/node_modules/${name}/`))

/** From here on modules are counted as they are loaded, and allocations metered. */
export function instrument(): void {
  Object.assign(globalThis, { fuzzCounts: meter.counts })
  meterAllocations()
  registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context)
      const isModule = loaded.format === 'module' || loaded.format === 'module-typescript'
      if (!isModule || loaded.source === undefined || !counted(url)) return loaded
      const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      return { ...loaded, source: withCounters(url, text) }
    }
  })
}

interface Insertion {
  readonly at: number
  readonly text: string
  /** Closes what another one opened. */
  readonly closes?: true
}

function withCounters(url: string, text: string): string {
  const insertions: Insertion[] = []
  const visit = (node: ts.Node): void => {
    noteEntrance(node, url)
    insertions.push(...countersOf(node, () => numberIn(url)))
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(url, text, ts.ScriptTarget.Latest, true))
  // at one place the inner one, which was found later, closes first; then the outer one opens first
  const ordered = insertions.map((insertion, order) => ({ ...insertion, order: insertion.closes ? -order : order }))
  let [written, from] = ['', 0]
  for (const { at, text: inserted } of ordered.toSorted(
    (a, b) => a.at - b.at || Number(b.closes ?? false) - Number(a.closes ?? false) || a.order - b.order
  )) {
    written += text.slice(from, at) + inserted
    from = at
  }
  return written + text.slice(from)
}

function noteEntrance(node: ts.Node, url: string): void {
  const [, file] = /\/(src\/(?!.*node_modules).*)$/.exec(url) ?? []
  if (file === undefined || !ts.isFunctionDeclaration(node) || node.body === undefined || node.name === undefined)
    return
  if (node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) !== true) return
  // the block that is counted next is its own
  entrances.set(`${file} ${node.name.text}`, fileOf.length)
}

function numberIn(url: string): number {
  if (fileOf.length >= blocksMax) throw new RangeError('more blocks than counters')
  return fileOf.push(url) - 1
}

function countersOf(node: ts.Node, next: () => number): Insertion[] {
  const hit = (): string => `fuzzCounts[${next()}]++`
  const block = (body: ts.Node | undefined): Insertion[] =>
    body === undefined
      ? []
      : ts.isBlock(body)
        ? [{ at: body.getStart() + 1, text: `${hit()};` }]
        : ts.isExpression(body)
          ? value(body)
          : [
              { at: body.getStart(), text: `{${hit()};` },
              { at: body.getEnd(), text: '}', closes: true }
            ]
  const value = (expression: ts.Expression): Insertion[] => [
    { at: expression.getStart(), text: `(${hit()},` },
    { at: expression.getEnd(), text: ')', closes: true }
  ]
  if (ts.isFunctionLike(node) && 'body' in node) return block(node.body)
  if (ts.isIfStatement(node)) {
    // `else if` is counted as the if that it is
    const otherwise =
      node.elseStatement !== undefined && ts.isIfStatement(node.elseStatement) ? undefined : node.elseStatement
    return [...block(node.thenStatement), ...block(otherwise)]
  }
  if (ts.isIterationStatement(node, false)) return block(node.statement)
  if (ts.isCatchClause(node)) return block(node.block)
  if (ts.isCaseOrDefaultClause(node)) {
    const [first] = node.statements
    return first === undefined ? [] : [{ at: first.getStart(), text: `${hit()};` }]
  }
  if (ts.isConditionalExpression(node)) return [...value(node.whenTrue), ...value(node.whenFalse)]
  const isShort =
    ts.isBinaryExpression(node) &&
    [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken].includes(
      node.operatorToken.kind
    )
  return isShort ? value(node.right) : []
}

function meterAllocations(): void {
  const note = (bytes: unknown): void => {
    if (typeof bytes !== 'number' || !Number.isFinite(bytes)) return
    meter.total += bytes
    if (bytes > meter.largest) meter.largest = bytes
  }
  for (const name of ['Uint8Array', 'Uint32Array', 'Float64Array', 'ArrayBuffer'] as const) {
    const width = name === 'ArrayBuffer' ? 1 : globalThis[name].BYTES_PER_ELEMENT
    Object.assign(globalThis, {
      [name]: new Proxy(globalThis[name], {
        construct: (target, args: unknown[], newTarget) => {
          if (typeof args[0] === 'number') note(args[0] * width)
          return Reflect.construct(target, args, newTarget) as object
        }
      })
    })
  }
  for (const name of ['alloc', 'allocUnsafe', 'allocUnsafeSlow'] as const) {
    const make = Buffer[name].bind(Buffer) as (size: number, ...rest: unknown[]) => Buffer
    Object.assign(Buffer, {
      [name]: (size: number, ...rest: unknown[]) => {
        note(size)
        return make(size, ...rest)
      }
    })
  }
}
