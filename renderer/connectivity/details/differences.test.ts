import { expect, it } from 'vitest'
import type { Result, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { timeFormat } from '../../lib/time.ts'
import type { Cell } from '../matrix/matrix.ts'
import { laptop, node, pod, result, startedAt } from '../samples.ts'
import { differences, vantagesText } from './differences.ts'

const cells = (...results: Result[]): Readonly<Record<string, Cell>> =>
  Object.fromEntries(
    results.map((one) => [
      vantageKey(one.vantage),
      { state: 'done', stages: one.stages, result: one, previous: undefined, startedAt },
    ]),
  )
const passing = (vantage: Vantage, part: Partial<Result['facts']>) => {
  const plain = result('a', 'pass', vantage)
  return { ...plain, facts: { ...plain.facts, ...part } }
}
const of = (...results: Result[]) =>
  differences(
    results.map(({ vantage }) => vantage),
    cells(...results),
    timeFormat('utc'),
  )

it('vantages that agree, or a single one, have no differences', () => {
  expect(of(result('a', 'fail'), result('a', 'fail', pod))).toEqual([])
  expect(of(result('a', 'fail'), result('a', 'skipped', pod))).toEqual([])
})

it('failures come first, with stage and cause', () => {
  expect(of(result('a', 'pass'), result('a', 'fail', pod))).toEqual([
    'From a pod in demo it fails at TCP (connection refused).',
    'From this computer it passes.',
  ])
})

it('certificates of different issuers are a difference', () => {
  const [line] = of(
    passing(laptop, { keySha256: 'aa', issuer: 'Corp Proxy CA' }),
    passing(pod, { keySha256: 'bb', issuer: 'DigiCert' }),
  )
  expect(line).toContain('from this computer issued by Corp Proxy CA; from a pod in demo issued by DigiCert')
})

it('different keys of one issuer are no difference: servers behind one name have several', () => {
  expect(
    of(passing(laptop, { keySha256: 'aa', issuer: 'CA' }), passing(pod, { keySha256: 'bb', issuer: 'CA' })),
  ).toEqual([])
})

it('a proxy on one route is a difference', () => {
  expect(of(passing(laptop, { proxy: 'http://proxy:3128' }), passing(pod, { destination: '192.0.2.1:443' }))).toEqual([
    'The routes differ: from this computer through http://proxy:3128; from a pod in demo direct.',
  ])
})

it('addresses are a difference only if none is shared', () => {
  const here = passing(laptop, { addresses: ['192.0.2.1', '192.0.2.2'] })
  expect(of(here, passing(pod, { addresses: ['192.0.2.2'] }))).toEqual([])
  expect(of(here, passing(pod, { addresses: ['10.0.0.9'] }))).toEqual([
    'The addresses differ: from this computer 192.0.2.1, 192.0.2.2; from a pod in demo 10.0.0.9.',
  ])
})

it('a list of vantages names three and counts the others', () => {
  expect(vantagesText([laptop, pod])).toBe('this computer and a pod in demo')
  expect(vantagesText(['a', 'b', 'c', 'd', 'e'].map(node))).toBe('node a, node b, node c and 2 more')
})

it('a result of an earlier run is not compared, and is listed with its time', () => {
  const old = { ...passing(pod, { keySha256: 'bb', issuer: 'DigiCert' }), verdict: 'pass' as const }
  const now = { ...result('a', 'fail'), facts: { ...old.facts, keySha256: 'aa', issuer: 'Corp Proxy CA' } }
  const known = cells(now, old)
  const before = new Date(Date.parse(startedAt) - 180_000).toISOString()
  const [key = ''] = Object.keys(known).filter((one) => one.startsWith('pod'))
  const aged = { ...known, [key]: { ...known[key], startedAt: before } } as typeof known // the same cell, earlier

  const lines = differences([laptop, pod], aged, timeFormat('utc'))
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('From a pod in demo it passes.')
  expect(lines[0]).toContain('from an earlier run, 2026-03-01')
})
