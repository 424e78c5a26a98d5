import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Grant } from '../../preload/contract/trust.ts'
import { writeProgram } from '../../test/clusters/kubeconfig-folder.ts'
import type { Demand } from '../lib/kubernetes/consent.ts'
import { readKubeconfig } from '../lib/kubernetes/kubeconfig.ts'
import { Consents, type Decision, decide } from './consents.ts'
import { usable } from './kubeconfigs.ts'

const program = (id: string, known: boolean): Demand => ({
  id,
  known,
  variables: ['AWS_SECRET_ACCESS_KEY'],
  item: { kind: 'program', command: 'aws', path: '/usr/bin/aws', args: [], environment: [] },
})
const tokenFile: Demand = {
  id: 'token-file',
  known: false,
  variables: [],
  item: { kind: 'token-file', file: '/run/token', server: 'https://a' },
}
const own = { file: '/home/jo/.kube/config', isOwn: true }
const other = { file: '/share/config', isOwn: false }
const at = '2026-11-26T00:00:00.000Z'
const wholeFile = (file: string): Grant => ({ kind: 'kubeconfig', id: 'f', file, at })
const signIn = (demand: string): Grant => ({
  kind: 'sign-in',
  id: 's',
  file: '/elsewhere',
  demands: [demand],
  items: [],
  variables: ['CHOSEN'],
  at,
})

describe('a consent', () => {
  it.each([
    ['is needed for a program', own, program('p', true), [], [], false],
    ['for the very demand is given, whichever file it came from', other, program('p', false), [signIn('p')], [], true],
    ['for another demand does not count', other, program('p', false), [signIn('q')], [], false],
    ['for the own kubeconfig covers a known program', own, program('p', true), [wholeFile(own.file)], [], true],
    [
      'for the own kubeconfig does not cover another program',
      own,
      program('p', false),
      [wholeFile(own.file)],
      [],
      false,
    ],
    [
      'for a file that is not the own one covers nothing',
      other,
      program('p', true),
      [wholeFile(other.file)],
      [],
      false,
    ],
    ['for another file covers nothing', own, program('p', true), [wholeFile('/home/jo/other')], [], false],
    ['by --trust-exec covers the file', other, program('p', false), [], [other.file], true],
    ['by --trust-exec does not cover another file', other, program('p', false), [], [own.file], false],
    ['is needed for a token file of another kubeconfig', other, tokenFile, [], [], false],
  ])('%s', (_claim, source, demand, grants, trustedFiles, given) => {
    const { consent, permit } = decide([demand], source, grants, trustedFiles)
    expect(consent?.given).toBe(given)
    expect(permit.demands).toEqual(given ? [demand.id] : [])
  })

  it('is not needed for a token file of the own kubeconfig', () => {
    expect(decide([tokenFile], own, [], [])).toEqual({ permit: { demands: ['token-file'], variables: [] } })
  })

  it('gives a program the additional variables of its own grant only', () => {
    expect(decide([program('p', false)], other, [signIn('p')], []).permit.variables).toEqual(['CHOSEN'])
    expect(decide([program('p', true)], own, [signIn('q'), wholeFile(own.file)], []).permit.variables).toEqual([])
  })

  it('is given only if every demand is allowed', () => {
    const { consent, permit } = decide([program('p', false), tokenFile], other, [signIn('p')], [])
    expect(consent).toMatchObject({ given: false, wholeFile: false })
    expect(permit.demands).toEqual(['p'])
  })
})

const needsRoot = process.getuid?.() === 0 ? '' : '(needs root, to own a folder that nobody else can write to)'

const none: Decision = { permit: { demands: [], variables: [] } }

describe.skipIf(needsRoot !== '')(`an allowance of a known program ${needsRoot}`, () => {
  const environment = { AWS_SECRET_ACCESS_KEY: 'x', AWS_SESSION_TOKEN: 'y' }

  /** Two contexts of the user's own kubeconfig, both with a known program, and the grants that are stored. */
  async function twoContexts() {
    const root = await mkdtemp('/root/hangar-consents-')
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    await writeProgram(join(root, 'aws'), 'true')
    const exec = (cluster: string) =>
      `{ exec: { apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: ${join(root, 'aws')}, args: [${cluster}] } }`
    const text = `
clusters: [{ name: c, cluster: { server: 'https://127.0.0.1:1' } }]
users: [{ name: a, user: ${exec('a')} }, { name: b, user: ${exec('b')} }]
contexts: [{ name: a, context: { cluster: c, user: a } }, { name: b, context: { cluster: c, user: b } }]
`
    const file = join(root, 'config')
    const [first, second] = readKubeconfig([{ file, text }]).contexts
    if (first === undefined || second === undefined) throw new Error('The kubeconfig has two contexts.')
    const groups = [{ files: [file], mustExist: true, isOwn: true }]
    const grants: Grant[] = []
    const consents = new Consents({
      grants: { list: async () => grants, add: async (grant) => void grants.push(grant) },
    })
    return { consents, grants, first: usable(first, groups), second: usable(second, groups) }
  }

  it.each([
    ['alone', false, [], ['sign-in'], false],
    ['with all known programs', true, [], ['kubeconfig'], true],
    ['with variables', false, ['AWS_SESSION_TOKEN'], ['sign-in'], false],
    ['with all known programs and variables', true, ['AWS_SESSION_TOKEN'], ['kubeconfig', 'sign-in'], true],
  ])('%s covers no more than what was selected', async (_what, wholeFile, variables, kinds, coversOther) => {
    const { consents, grants, first, second } = await twoContexts()
    const [{ consent } = none] = await consents.decideAll([first], environment)
    expect(consent).toMatchObject({ given: false, wholeFile: true, variables: Object.keys(environment) })
    await consents.allow(first, environment, { consentId: consent?.id ?? '', wholeFile, variables })

    expect(grants.map(({ kind }) => kind)).toEqual(kinds)
    const [allowed = none, other = none] = await consents.decideAll([first, second], environment)
    expect([allowed.consent?.given, other.consent?.given]).toEqual([true, coversOther])
    expect([allowed.permit.variables, other.permit.variables]).toEqual([variables, []])
  })

  it('of a variable that was not offered is refused', async () => {
    const { consents, grants, first } = await twoContexts()
    const [{ consent } = none] = await consents.decideAll([first], environment)
    const allowance = { consentId: consent?.id ?? '', wholeFile: false, variables: ['GITHUB_TOKEN'] }
    await expect(consents.allow(first, environment, allowance)).rejects.toMatchObject({ code: 'CONSENT_STALE' })
    expect(grants).toEqual([])
  })
})

describe('a question in a terminal', () => {
  it('is asked once for the same demand, and its refusal stays', async () => {
    const text = `
clusters: [{ name: c, cluster: { server: 'http://203.0.113.1' } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: a, context: { cluster: c, user: u } }]
`
    const [entry] = readKubeconfig([{ file: '/home/jo/config', text }]).contexts
    if (entry === undefined) throw new Error('The kubeconfig has a context.')
    let asked = 0
    const consents = new Consents({
      grants: { list: async () => [], add: async () => undefined },
      ask: async () => {
        asked += 1
        return 'no'
      },
    })
    const never = new AbortController().signal
    const permits = [1, 2, 3].map(() => consents.permit(usable(entry, []), {}, never))

    for (const permit of permits) await expect(permit).rejects.toMatchObject({ code: 'CONSENT_NEEDED' })
    expect(asked).toBe(1)
  })
})
