import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Grant } from '../../preload/contract/trust.ts'
import { createTrust } from './trust.ts'

const grant = (id: string): Grant => ({ kind: 'kubeconfig', id, file: `/${id}`, at: '2026-01-01T00:00:00Z' })

describe('decisions that another process changes', () => {
  let folder: string
  let stop: AbortController

  beforeEach(async () => {
    stop = new AbortController()
    folder = await mkdtemp(join(tmpdir(), 'hangar-trust-'))
  })

  afterEach(async () => {
    stop.abort()
    await rm(folder, { recursive: true, force: true })
  })

  async function watched() {
    const file = join(folder, 'trust.json')
    const other = createTrust(file, () => undefined)
    await other.add(grant('one'))
    const changes: boolean[] = []
    const trust = createTrust(file, ({ revoked }) => changes.push(revoked))
    await trust.watch(stop.signal)
    return { file, other, trust, changes }
  }

  it('are reported once, and as revoked where one was', async () => {
    const { other, changes } = await watched()
    await other.add(grant('two'))
    await vi.waitFor(() => expect(changes).toEqual([false]), 5_000)
    await other.revoke('one')
    await vi.waitFor(() => expect(changes).toEqual([false, true]), 5_000)
  })

  it('are reported as revoked also where this process decides at the same time', async () => {
    const { other, trust, changes } = await watched()
    await other.revoke('one')
    await trust.add(grant('two'))
    await vi.waitFor(() => expect(changes).toContain(true), 5_000)
  })

  it('count as revoked when their file cannot be read', async () => {
    const { file, changes } = await watched()
    await writeFile(file, '{')
    await vi.waitFor(() => expect(changes).toEqual([true]), 5_000)
  })
})
