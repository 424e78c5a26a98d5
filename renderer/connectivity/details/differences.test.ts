import { expect, it } from 'vitest'
import type { Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import type { Cell } from '../matrix/matrix.ts'
import { laptop, node, pod, result, startedAt } from '../samples.ts'
import { differences, vantagesText } from './differences.ts'

const cells = (...results: Result[]): Readonly<Record<string, Cell>> =>
  Object.fromEntries(
    results.map((one) => [
      vantageKey(one.vantage),
      { state: 'done', stages: one.stages, result: one, previousVerdict: one.verdict, startedAt },
    ]),
  )
const seen = (vantage: Vantage, part: Partial<Result['facts']>) => {
  const plain = result('a', 'pass', vantage)
  return { ...plain, facts: { ...plain.facts, ...part } }
}
const of = (...results: Result[]) =>
  differences(
    results.map(({ vantage }) => vantage),
    cells(...results),
  )

it('says nothing where all agree, or where only one tried', () => {
  expect(of(result('a', 'fail'), result('a', 'fail', pod))).toEqual([])
  expect(of(result('a', 'fail'), result('a', 'skipped', pod))).toEqual([])
})

it('says from where it fails, at which stage and why, before from where it passes', () => {
  expect(of(result('a', 'pass'), result('a', 'fail', pod))).toEqual([
    'From a pod in demo it fails at TCP (connection refused).',
    'From this computer it passes.',
  ])
})

it('says who issued the certificate where the key is not the same', () => {
  const [said] = of(
    seen(laptop, { keySha256: 'aa', issuer: 'Corp Proxy CA' }),
    seen(pod, { keySha256: 'bb', issuer: 'DigiCert' }),
  )
  expect(said).toContain(
    'from this computer it is issued by Corp Proxy CA; from a pod in demo it is issued by DigiCert',
  )
})

it('keeps still about keys that one issuer certified: far ends have several', () => {
  expect(of(seen(laptop, { keySha256: 'aa', issuer: 'CA' }), seen(pod, { keySha256: 'bb', issuer: 'CA' }))).toEqual([])
})

it('says which way goes through a proxy', () => {
  expect(of(seen(laptop, { proxy: 'http://proxy:3128' }), seen(pod, { destination: '192.0.2.1:443' }))).toEqual([
    'The way is not the same: from this computer through http://proxy:3128; from a pod in demo directly.',
  ])
})

it('tells of other addresses only where none is shared', () => {
  const here = seen(laptop, { addresses: ['192.0.2.1', '192.0.2.2'] })
  expect(of(here, seen(pod, { addresses: ['192.0.2.2'] }))).toEqual([])
  expect(of(here, seen(pod, { addresses: ['10.0.0.9'] }))).toEqual([
    'The name resolves otherwise: from this computer to 192.0.2.1, 192.0.2.2; from a pod in demo to 10.0.0.9.',
  ])
})

it('names three places and counts the others', () => {
  expect(vantagesText([laptop, pod])).toBe('this computer and a pod in demo')
  expect(vantagesText(['a', 'b', 'c', 'd', 'e'].map(node))).toBe('node a, node b, node c and 2 more')
})

it('does not compare with what a vantage saw in an earlier check, and says of when that is', () => {
  const old = { ...seen(pod, { keySha256: 'bb', issuer: 'DigiCert' }), verdict: 'pass' as const }
  const now = { ...result('a', 'fail'), facts: { ...old.facts, keySha256: 'aa', issuer: 'Corp Proxy CA' } }
  const known = cells(now, old)
  const before = new Date(Date.parse(startedAt) - 180_000).toISOString()
  const [key = ''] = Object.keys(known).filter((one) => one.startsWith('pod'))
  const aged = { ...known, [key]: { ...known[key], startedAt: before } } as typeof known // the same cell, earlier

  const said = differences([laptop, pod], aged)
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('From a pod in demo it passes, as of 2026-03-01')
  expect(said[0]).toContain('earlier than the others')
})
