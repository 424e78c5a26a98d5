import { describe, expect, it } from 'vitest'
import type { Grant } from '../../preload/contract/trust.ts'
import type { Demand } from '../lib/kubernetes/consent.ts'
import { decide } from './consents.ts'

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
