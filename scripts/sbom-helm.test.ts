import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { helmComponents } from './sbom-helm.ts'

const folder = join(import.meta.dirname, '..', 'assets', 'helm')
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

it('the bill of materials names the bundled helm with its hashes, and its modules once', () => {
  const hashes: Record<string, string> = JSON.parse(read('hashes.json'))
  const [helm, ...modules] = helmComponents(read('go.mod'), read('go.sum'), hashes)

  expect(helm?.purl).toMatch(/^pkg:golang\/helm\.sh\/helm\/v4@v4\./)
  expect(helm?.properties?.map(({ value }) => value)).toEqual(Object.values(hashes))
  expect(modules.map(({ name }) => name)).toContain('k8s.io/client-go')
  const references = [helm, ...modules].map((each) => each?.['bom-ref'])
  expect(new Set(references).size).toBe(references.length)
  expect(references.filter((each) => each?.includes('/go.mod'))).toEqual([])
})
