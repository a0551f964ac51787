import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { configTable } from '../../src/daemon/reference.ts'
import { errorTable, Status } from '../../src/errors.ts'
import * as limits from '../../src/limits.ts'
import { files, json, root, sources, text } from './tree.ts'

const readme = text('README.md')
const spec = text('SPEC.md')
const documents = [...files('*.md'), ...files('{test,config,examples}/**/*.md')]
const scripts = Object.keys((json('package.json') as { scripts: Record<string, string> }).scripts)

/** A numbered section of SPEC.md (`## 11 Limits`), its subsections included. */
function section(number: number): string {
  const [, found] = new RegExp(`^## §?${number}[ .]([^]*?)(?=^## |(?![^]))`, 'm').exec(spec) ?? []
  assert.ok(found !== undefined, `SPEC.md has no section ${number}`)
  return found
}

/** Table rows as cells, code marks removed. */
function rows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter(line => line.startsWith('|'))
    .map(line =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim().replaceAll('`', ''))
    )
}

function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort()
}

/** Fenced blocks with their info string. */
function blocks(markdown: string): { info: string; body: string }[] {
  return [...markdown.matchAll(/^```([^\n]*)\n([^]*?)^```$/gm)].map(([, info = '', body = '']) => ({
    info: info.trim(),
    body
  }))
}

/** `1,024`, `252 KiB`, `64 MiB`: as many bytes or units as the cell says. */
function numberIn(cell: string): number {
  const [, digits = 'NaN', unit = ''] = /^([\d,_ ]+?) ?(KiB|MiB)?$/.exec(cell) ?? []
  return Number(digits.replace(/[,_ ]/g, '')) * ({ KiB: 1024, MiB: 1024 * 1024 }[unit] ?? 1)
}

const codes = Object.keys(errorTable)
const errorRows = (markdown: string): string[][] =>
  rows(markdown).filter(([first = '']) => /^[A-Z][A-Z_]+$/.test(first))

for (const [name, markdown] of [
  ['README', readme],
  ['SPEC §12', section(12)]
] as const) {
  test(`${name} lists every error code with its exit code, and no other`, () => {
    const table = errorRows(markdown)
    assert.deepEqual(sorted(table.map(([code = '']) => code)), sorted(codes))
    for (const [code = '', ...cells] of table) {
      assert.ok(cells.includes(String(errorTable[code as keyof typeof errorTable].exit)), `${code}: another exit code`)
    }
  })
}

const bounds = Object.entries(limits).filter(([, value]) => typeof value === 'number') as [string, number][]
const limitRows = (markdown: string): string[][] => rows(markdown).filter(([first = '']) => first in limits)

test('SPEC §11 lists every limit with its value, and no other', () => {
  const identifiers = rows(section(11))
    .filter(([first = '']) => /^[a-z]+([A-Z]\w*)+$/.test(first))
    .map(([first = '']) => first)
  assert.deepEqual(
    identifiers.filter(name => !(name in limits)),
    []
  )
  assert.deepEqual(
    bounds.map(([name]) => name).filter(name => !identifiers.includes(name)),
    []
  )
})

test('a limit has in README and SPEC the value it has in limits.ts', () => {
  const values = new Map(bounds)
  const wrong = [...limitRows(readme), ...limitRows(section(11))].filter(([name = '', ...cells]) => {
    const value = values.get(name)
    return value !== undefined && !cells.some(cell => numberIn(cell) === value)
  })
  assert.deepEqual(wrong, [])
})

test('SPEC §5 lists every status, and the limits that QUOTA and BUSY name, with their numbers', () => {
  const table = rows(section(5))
  const wanted = [
    ...Object.entries(Status).map(([name, number]) => [String(number), name]),
    ...Object.entries(limits.limitNames)
  ]
  const listed = table.flatMap(([number = '', name = '']) =>
    /^\d+$/.test(number) && /^[A-Za-z_]+$/.test(name) ? [[number, name]] : []
  )
  assert.deepEqual(sorted(listed.map(String)), sorted(wanted.map(String)))
})

test('the configuration table of the README is the one rendered from the keys', () => {
  assert.ok(readme.includes(configTable().trim()), 'paste what configTable() of src/daemon/reference.ts gives')
})

test('every section of the SPEC that code, tests or documents cite exists', () => {
  const headings = new Set([...spec.matchAll(/^#{2,4} §?(\d+(?:\.\d+)?)[ .]/gm)].map(([, number]) => number))
  const cited = [...sources, ...files('src/**/*.proto'), ...documents].flatMap(file =>
    [...text(file).matchAll(/SPEC(?:\.md\]?(?:\([^)]*\))?)? §(\d+(?:\.\d+)?)/g)].map(([, number]) => ({ file, number }))
  )
  assert.deepEqual(
    cited.filter(({ number }) => !headings.has(number)),
    []
  )
})

test('every link of every document leads to a file and a heading that exist', () => {
  const slug = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
  const broken = documents.flatMap(document =>
    [...text(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter(link => {
        if (/^(https?:|mailto:)/.test(link)) return false
        const [path = '', anchor = ''] = link.split('#')
        const target = path === '' ? document : normalize(join(dirname(document), path))
        if (!existsSync(join(root, target))) return true
        const headings = [...text(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading))
        return anchor !== '' && !headings.includes(anchor)
      })
      .map(link => `${document}: ${link}`)
  )
  assert.deepEqual(broken, [])
})

test('every path that a document names exists', () => {
  const missing = documents.flatMap(document =>
    [...text(document).matchAll(/`((?:src|test|config|examples|bench|\.ci)\/[\w./-]+)`/g)]
      .map(([, path = '']) => path)
      .filter(path => !existsSync(join(root, path)))
      .map(path => `${document}: ${path}`)
  )
  assert.deepEqual(missing, [])
})

test('every npm script that a document names exists', () => {
  const named = documents.flatMap(document =>
    [...text(document).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name)
  )
  assert.deepEqual(
    sorted(named).filter(name => !scripts.includes(name)),
    []
  )
})

test('every command of mailbox that the README shows exists, and the README shows every command', () => {
  const help = execFileSync(process.execPath, [join(root, 'src/cli/main.ts'), '--help'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const [, list = ''] = /^Commands:\n([^]*?)\n\n/m.exec(help) ?? []
  const commands = [...list.matchAll(/^ {2}([a-z]+)(?=[ |])/gm)]
    .map(([, name = '']) => name)
    .filter(name => name !== 'help')
  const shown = [...readme.matchAll(/(?:^|[`$] ?|npx )mailbox ([a-z]+)/gm)]
    .map(([, name = '']) => name)
    .filter(name => name !== 'help')
  assert.deepEqual(sorted(shown), sorted(commands))
})

test('every TypeScript block of the README is the file it names, which the examples test runs', () => {
  const programs = blocks(readme).filter(({ info }) => /^(ts|js|typescript)\b/.test(info))
  assert.ok(programs.length > 0)
  for (const { info, body } of programs) {
    const [, file] = /^ts (examples\/[\w-]+\.ts)$/.exec(info) ?? []
    assert.ok(file !== undefined, `mark the block as \`\`\`ts examples/<name>.ts instead of ${info}`)
    assert.ok(text(file).includes(body.trim()), `${file} reads otherwise`)
  }
})

/** The titles of a file's tests, as they are written there. */
function titlesOf(file: string): string[] {
  return [...text(file).matchAll(/\b(?:test|it)\(\s*(['"`])(.*?)\1/g)].map(([, , title = '']) => title)
}

/** Ids in the names of a file's tests. */
function guaranteesOf(file: string): Set<string> {
  return new Set(titlesOf(file).flatMap(title => title.match(/\bG\d{1,2}\b/g) ?? []))
}

test('the README lists every guarantee, and a test that it cites for one carries its id', () => {
  const table = rows(readme).filter(([id = '']) => /^G\d+$/.test(id))
  assert.deepEqual(
    table.map(([id]) => id),
    Array.from({ length: 12 }, (_, i) => `G${i + 1}`)
  )
  for (const [id = '', , state = '', shownBy = ''] of table) {
    assert.match(state, /^(holds|in part|later)\b/, id)
    const cited = shownBy.split(' ').filter(path => path !== '')
    assert.equal(cited.length > 0, !state.startsWith('later'), `${id}: "later" cites no test, the others cite one`)
    for (const file of cited) assert.ok(guaranteesOf(file).has(id), `${file} has no test with ${id} in its name`)
  }
})

/** Tests that a text cites as `file` "beginning or part of a title". */
function citations(markdown: string): { file: string; name: string }[] {
  return [...markdown.matchAll(/`?(test\/[\w/.-]+\.ts)`?\s"([^"]+)"/g)].map(([, file = '', name = '']) => ({
    file,
    name: name.replaceAll(/\s+/g, ' ')
  }))
}

/** The names of the vectors that a file makes, each of which is a test. */
function vectorsOf(file: string): string[] {
  if (!file.startsWith('test/vectors/')) return []
  return [...text(file).matchAll(/\bname: (['"`])(.*?)\1/g)].map(([, , name = '']) => name)
}

/** Those of the cited tests that are not there. */
function missing(markdown: string): string[] {
  return citations(markdown).flatMap(({ file, name }) =>
    titlesOf(file).some(title => title.includes(name)) || vectorsOf(file).includes(name)
      ? []
      : [`${file} has no test "${name}"`]
  )
}

test('what the README says about lost messages names tests that are there', () => {
  const [, loss = ''] = /^## What must fail before a message is lost\n([^]*?)^###? /m.exec(readme) ?? []
  const sentences = rows(loss).filter(([first = '']) => !/^(-+|what fails)$/.test(first))
  assert.ok(sentences.length > 10)
  for (const [what = '', , shownBy = ''] of sentences) assert.match(shownBy, /^test\/\S+ "[^"]+"/, what)
  assert.deepEqual(missing(loss), [])
})

test('whatever the README says that an adversary cannot do names a test that is there', () => {
  const [, adversaries = ''] = /^## What each adversary can and cannot do\n([^]*?)^## /m.exec(readme) ?? []
  const claims = adversaries.split(/^- /m).filter(claim => claim.startsWith('*cannot*'))
  assert.ok(claims.length > 15)
  for (const claim of claims) assert.ok(citations(claim).length > 0, claim)
  assert.deepEqual(missing(adversaries), [])
})

const [, textile = ''] = /^## Textile parity\n([^]*?)^## /m.exec(readme) ?? []

test('what the README says about parity with Textile names tests that are there, or says no', () => {
  const table = rows(textile).filter(([, state = '']) => /^(yes|in part|no)\b/.test(state))
  assert.ok(table.length > 30)
  for (const [what = '', state = '', shownBy = ''] of table)
    assert.equal(citations(shownBy).length > 0, !state.startsWith('no'), `${what}: "no" cites no test, the others do`)
  assert.deepEqual(missing(textile), [])
})

test('the README says of each of the eighteen defects which test shows it gone', () => {
  const table = rows(textile).filter(([id = '']) => /^D\d+$/.test(id))
  assert.deepEqual(
    table.map(([id]) => id),
    Array.from({ length: 18 }, (_, n) => `D${n + 1}`)
  )
  for (const [id = '', , , shownBy = ''] of table) assert.ok(citations(shownBy).length > 0, id)
})

test("every case of Textile's own suites has a test that is there, or a reason", () => {
  const cases = text('test/unit/textile/CASES.md')
  const table = rows(cases).filter(([first = '']) => !/^(-+|case)$/.test(first))
  assert.ok(table.length > 60)
  for (const [what = '', here = ''] of table)
    assert.ok(here.startsWith('none') ? /^none\b.*\w/.test(here) : citations(here).length > 0, what)
  assert.deepEqual(missing(cases), [])
})

test('README and engines name one Node version', () => {
  const { engines } = json('package.json') as { engines: { node: string } }
  const floors = sorted([...readme.matchAll(/Node(?:\.js)? (?:≥|>=) ?([\d.]*\d)/g)].map(([, version = '']) => version))
  assert.deepEqual(floors, [engines.node.replace('>=', '')])
})
