import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'
import { at, parse, sources, text, walk } from './tree.ts'

const fileLinesMax = 400
const functionLinesMax = 70
/** A table of names and numbers. */
const tables = ['src/limits.ts']

/** What every node of every source file gives rise to. */
function findings(of: readonly string[], find: (node: ts.Node) => string | undefined): string[] {
  const found: string[] = []
  for (const file of of) {
    walk(parse(file), node => {
      const finding = find(node)
      if (finding !== undefined) found.push(finding)
    })
  }
  return found
}

function linesOf(node: ts.Node): number {
  const tree = node.getSourceFile()
  const line = (position: number): number => tree.getLineAndCharacterOfPosition(position).line
  return line(node.getEnd()) - line(node.getStart(tree)) + 1
}

/** A describe() block groups tests; it is as long as they are many. */
function groupsTests(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && ['describe', 'suite'].includes(node.parent.expression.getText())
}

function calleeOf(node: ts.Node): string | undefined {
  return ts.isCallExpression(node) ? node.expression.getText() : undefined
}

test(`no file has more than ${fileLinesMax} lines`, () => {
  const lines = sources.map(file => [file, text(file).split('\n').length - 1] as const)
  assert.deepEqual(
    lines.filter(([file, count]) => count > fileLinesMax && !tables.includes(file)),
    []
  )
})

test(`no function has more than ${functionLinesMax} lines`, () => {
  assert.deepEqual(
    findings(sources, node =>
      ts.isFunctionLike(node) && linesOf(node) > functionLinesMax && !groupsTests(node)
        ? `${at(node)}: ${linesOf(node)} lines`
        : undefined
    ),
    []
  )
})

test('no type is any', () => {
  assert.deepEqual(
    findings(sources, node => (node.kind === ts.SyntaxKind.AnyKeyword ? at(node) : undefined)),
    []
  )
})

test('no catch is empty', () => {
  assert.deepEqual(
    findings(sources, node => (ts.isCatchClause(node) && node.block.statements.length === 0 ? at(node) : undefined)),
    []
  )
})

test('no comment postpones work', () => {
  const postponed = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`)
  const found = sources.flatMap(file =>
    text(file)
      .split('\n')
      .flatMap((line, index) => (postponed.test(line) ? [`${file}:${index + 1}`] : []))
  )
  assert.deepEqual(found, [])
})

test('no check is switched off by a comment', () => {
  const switched = new RegExp(
    ['@ts-' + 'ignore', '@ts-' + 'nocheck', 'eslint-' + 'disable(?!-next-line [^-]+ -- \\S)'].join('|')
  )
  assert.deepEqual(
    sources.filter(file => switched.test(text(file))),
    []
  )
})

test('no test sleeps', () => {
  // what a measurement or a fault takes is real time, and its waiting has bounds of its own
  const real = ['test/helpers/', 'test/bench/', 'test/faultlab/', 'test/attack/']
  const tests = sources.filter(file => file.startsWith('test/') && !real.some(folder => file.startsWith(folder)))
  const sleeping = new Set(['setTimeout', 'setInterval', 'sleep', 'systemEnvironment.delay'])
  assert.deepEqual(
    findings(tests, node => {
      const callee = calleeOf(node)
      if (callee !== undefined && sleeping.has(callee)) return `${at(node)}: ${callee}`
      if (ts.isImportDeclaration(node) && /node:timers\/promises/.test(node.moduleSpecifier.getText())) return at(node)
      return undefined
    }),
    []
  )
})

test('one class extends Error', () => {
  assert.deepEqual(
    findings(
      sources.filter(file => file.startsWith('src/')),
      node =>
        ts.isClassLike(node) &&
        node.heritageClauses?.some(clause => /Error$/.test(clause.types[0]?.expression.getText() ?? '')) === true
          ? `${node.getSourceFile().fileName} ${node.name?.text ?? ''}`
          : undefined
    ),
    ['src/errors.ts MailboxError']
  )
})

test('no two classes of src have one name', () => {
  const names = findings(
    sources.filter(file => file.startsWith('src/')),
    node => (ts.isClassLike(node) ? node.name?.text : undefined)
  )
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    []
  )
})

test('no file of src is a drawer, no file shares its name with a folder, and names have at most three words', () => {
  const modules = sources.filter(file => file.startsWith('src/'))
  const drawer = /^(utils?|helpers?|common|misc|shared|types)$/
  const folders = new Set(modules.map(file => file.slice(0, file.lastIndexOf('/'))))
  const stem = (file: string): string => basename(file).replace(/\.(ts|js)$/, '')
  assert.deepEqual(
    modules.filter(file => file.split('/').some(part => drawer.test(part.replace(/\.(ts|js)$/, '')))),
    []
  )
  assert.deepEqual(
    modules.filter(file => folders.has(file.replace(/\.(ts|js)$/, ''))),
    []
  )
  assert.deepEqual(
    modules.filter(file => stem(file).split('-').length > 3),
    []
  )
})

test('public surfaces name what they export', () => {
  const indexes = sources.filter(file => /^src\/(.+\/)?index\.ts$/.test(file))
  assert.deepEqual(
    findings(indexes, node => (ts.isExportDeclaration(node) && node.exportClause === undefined ? at(node) : undefined)),
    []
  )
})

test('nothing is exported by default from src', () => {
  assert.deepEqual(
    findings(
      sources.filter(file => file.startsWith('src/')),
      node => (ts.isExportAssignment(node) ? at(node) : undefined)
    ),
    []
  )
})
