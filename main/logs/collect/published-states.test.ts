import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PublishedStates, readPublished } from './published-states.ts'
import { stateOfSource } from './source-state.ts'

const operation = '6f3c2a9e-8f3a-4f57-9b0e-0d6c3c1c2f11'
const progress = [{ source: 'orders', records: 5, collection: stateOfSource([{ kind: 'following' }], 1, undefined) }]

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-published-'))
})
afterEach(() => rm(folder, { recursive: true }))

const sourcesOf = async (id = operation) => [...(await readPublished(folder, id)).keys()]

describe('the published states of a collection', () => {
  it('are read by another process until the collection ends', async () => {
    const states = new PublishedStates(folder, operation)
    await states.publish(progress)
    const read = await readPublished(folder, operation)
    expect(read.get('orders')).toMatchObject({ state: 'following', following: 1, gaps: 1 })
    await states.remove()
    expect(await sourcesOf()).toEqual([])
  })

  it('are ignored where an earlier collection left them, such as one that was killed', async () => {
    await new PublishedStates(folder, operation).publish(progress)
    expect(await sourcesOf('11111111-1111-4111-8111-111111111111')).toEqual([])
  })

  it('are none where the file is damaged', async () => {
    await writeFile(join(folder, 'collection.json'), '{"operation":')
    expect(await sourcesOf()).toEqual([])
  })

  it('that cannot be written do not end the collection', async () => {
    await rm(folder, { recursive: true })
    await expect(new PublishedStates(folder, operation).publish(progress)).resolves.toBeUndefined()
    folder = await mkdtemp(join(tmpdir(), 'hangar-published-'))
  })
})
