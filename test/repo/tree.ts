/**
 * The repository as the tests of this tier see it: its files, and each TypeScript file parsed once.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'

export const root = join(import.meta.dirname, '..', '..')
const ignored = new Set(['node_modules', 'dist', '.git', '.bench'])

/** Paths from the root, sorted. */
export function files(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: entry => ignored.has(entry.name), withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

export function text(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

export function json(file: string): unknown {
  return JSON.parse(text(file))
}

/** Files that a generator writes: no rule of style applies to them. */
export const generated: ReadonlySet<string> = new Set(['src/wire/messages.js', 'src/wire/messages.d.ts'])

/** Hand-written TypeScript. */
export const sources = files('{src,test,config,examples}/**/*.{ts,js}').filter(file => !generated.has(file))

// bounded by the number of source files
const parsed = new Map<string, ts.SourceFile>()

export function parse(file: string): ts.SourceFile {
  let tree = parsed.get(file)
  if (tree === undefined) {
    tree = ts.createSourceFile(file, text(file), ts.ScriptTarget.Latest, true)
    parsed.set(file, tree)
  }
  return tree
}

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  node.forEachChild(child => walk(child, visit))
}

export function lineOf(node: ts.Node): number {
  const tree = node.getSourceFile()
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
}

export function at(node: ts.Node): string {
  return `${node.getSourceFile().fileName}:${lineOf(node)}`
}

/** What a file imports or re-exports, types included: `import`, `export from`, `import()` and `import type()`. */
export function importsOf(file: string): string[] {
  const found: string[] = []
  walk(parse(file), node => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument !== undefined && ts.isStringLiteral(argument)) found.push(argument.text)
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push((node.argument.literal as ts.StringLiteral).text)
    }
  })
  return found
}

/** The files of this repository that a file imports. */
export function neighboursOf(file: string): string[] {
  return importsOf(file)
    .filter(name => name.startsWith('.'))
    .map(name => normalize(join(dirname(file), name)))
}

/** Everything reachable from `start` by imports, itself included. */
export function reachable(start: string): Set<string> {
  const seen = new Set<string>()
  const queue = [start]
  // bounded by the number of source files: each enters `seen` once
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    if (!generated.has(file)) queue.push(...neighboursOf(file))
  }
  return seen
}
