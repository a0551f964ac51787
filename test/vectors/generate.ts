/**
 * Writes the vectors of this directory. From fixed seeds only, so running it again changes no byte; a test says so.
 *
 *   node test/vectors/generate.ts
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { admissionVectors } from './admission.ts'
import { identityVectors } from './identity.ts'
import { contactVectors } from './contact.ts'
import { negativeVectors } from './negative.ts'
import { descriptorVectors, keyVectors, ownerVectors, paddingVectors, recordVectors } from './positive.ts'

/** File name → content. textile.json and textile-js.json are not among them: they are Textile's own. */
export async function vectorFiles(): Promise<Map<string, string>> {
  const files: [string, object][] = [
    ['keys.json', await keyVectors()],
    ['identity.json', identityVectors()],
    ['record.json', await recordVectors()],
    ['padding.json', await paddingVectors()],
    ['descriptors.json', await descriptorVectors()],
    ['owner.json', await ownerVectors()],
    ['contact.json', await contactVectors()],
    ['admission.json', await admissionVectors()],
    ['negative.json', { vectors: await negativeVectors() }]
  ]
  return new Map(files.map(([name, content]) => [name, `${JSON.stringify(content, undefined, 2)}\n`]))
}

if (import.meta.main) {
  for (const [name, content] of await vectorFiles()) writeFileSync(join(import.meta.dirname, name), content)
}
