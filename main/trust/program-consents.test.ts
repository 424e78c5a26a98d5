import { describe, expect, it } from 'vitest'
import type { ConsentAnswer, Grant } from '../../preload/contract/trust.ts'
import type { ProgramFile } from '../lib/program-file.ts'
import { ProgramConsents } from './program-consents.ts'

const helm: ProgramFile = { path: '/usr/bin/helm', realPath: '/opt/helm', sha256: 'a'.repeat(64), isScript: false }
const limit = () => AbortSignal.timeout(5_000)

function consentsOf({ answer, trustedFiles = [] }: { answer?: ConsentAnswer; trustedFiles?: readonly string[] } = {}) {
  const grants: Grant[] = []
  let asked = 0
  const consents = new ProgramConsents({
    grants: { list: async () => grants, add: async (grant) => void grants.push(grant) },
    trustedFiles,
    ask:
      answer &&
      (async () => {
        asked += 1
        return answer
      }),
  })
  return { consents, grants, asked: () => asked }
}

const needed = { code: 'HELM_CONSENT_NEEDED' }

describe('the consent to a program', () => {
  it('is needed where nobody can be asked', async () => {
    const { consents, grants } = consentsOf()
    await expect(consents.permit(helm, limit())).rejects.toMatchObject(needed)
    expect(grants).toEqual([])
  })

  it.each([
    ['its content', { sha256: 'b'.repeat(64) }],
    ['the file behind its link', { realPath: '/opt/other' }],
    ['its path', { path: '/home/jo/bin/helm' }],
  ])('is needed again after a change of %s', async (_, changed) => {
    const { consents } = consentsOf()
    await consents.allow(helm, (await consents.of(helm)).id)
    await consents.permit(helm, limit())
    await expect(consents.permit({ ...helm, ...changed }, limit())).rejects.toMatchObject(needed)
  })

  it('ends when its grant is gone', async () => {
    const { consents, grants } = consentsOf()
    await consents.allow(helm, (await consents.of(helm)).id)
    grants.length = 0
    await expect(consents.permit(helm, limit())).rejects.toMatchObject(needed)
  })

  it('is for the program that was shown', async () => {
    const { consents, grants } = consentsOf()
    const { id } = await consents.of(helm)
    await expect(consents.allow({ ...helm, sha256: 'b'.repeat(64) }, id)).rejects.toMatchObject({
      code: 'CONSENT_STALE',
    })
    expect(grants).toEqual([])
  })

  it.each([
    ['/usr/bin/helm', true],
    ['/opt/helm', true],
    ['/opt', false],
  ])('by --trust-exec %s: %s', async (file, given) => {
    const { consents } = consentsOf({ trustedFiles: [file] })
    expect((await consents.of(helm)).given).toBe(given)
  })

  it.each([
    ['always', 1],
    ['once', 0],
  ] as const)(
    'of a terminal that answers "%s" is remembered in %i decisions, and asked for once',
    async (answer, remembered) => {
      const { consents, grants, asked } = consentsOf({ answer })
      await Promise.all([consents.permit(helm, limit()), consents.permit(helm, limit())])
      expect([asked(), grants.length]).toEqual([1, remembered])
    },
  )

  it('that a terminal refuses is asked for once', async () => {
    const { consents, asked } = consentsOf({ answer: 'no' })
    await expect(consents.permit(helm, limit())).rejects.toMatchObject(needed)
    await expect(consents.permit(helm, limit())).rejects.toMatchObject(needed)
    expect(asked()).toBe(1)
  })
})
