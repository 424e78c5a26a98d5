import { describe, expect, it } from 'vitest'
import type { PreflightResult } from '../../preload/contract/install.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { samplePlane as plane, sampleOperation, sampleResult } from './sample.ts'
import { openingStep, reachable } from './steps.ts'
import { merged, type Preflight, preflightOutcome, reportOf, withPreflight } from './store.ts'
import { validator } from './validator.ts'

const installed: Plane = { ...plane, installedAt: '2026-03-01T11:00:00Z' }

const check = (verdict: PreflightResult['verdict'], strict: boolean): PreflightResult =>
  sampleResult(`${verdict}${strict}`, verdict, strict)

describe('openingStep', () => {
  it.each([
    ['a plane that is not installed', plane, undefined, 'preflight'],
    ['an installed plane', installed, sampleOperation('done'), 'done'],
    ['an interrupted operation', plane, sampleOperation('interrupted'), 'install'],
    ['a running uninstall', installed, sampleOperation('running', 'uninstall'), 'install'],
    ['an uninstalled plane', installed, sampleOperation('done', 'uninstall'), 'preflight'],
    ['a cancelled install', plane, sampleOperation('cancelled'), 'preflight'],
  ] as const)('%s opens at the right step', (_, at, running, step) => {
    expect(openingStep(at, running)).toBe(step)
  })

  it('steps after the settings need a plane, and "Done" needs an installed one', () => {
    expect(reachable('settings', undefined, undefined)).toBe(true)
    expect(reachable('preflight', undefined, undefined)).toBe(false)
    expect(reachable('done', plane, sampleOperation('running'))).toBe(false)
    expect(reachable('done', installed, sampleOperation('done', 'uninstall'))).toBe(false)
    expect(reachable('install', plane, undefined)).toBe(false)
  })
})

const running: Preflight = {
  state: 'running',
  checks: [],
  results: {},
  startedAt: undefined,
  context: '',
  problem: undefined,
}

describe('preflightOutcome', () => {
  const outcomeOf = (...results: PreflightResult[]) =>
    preflightOutcome(
      withPreflight(running, {
        kind: 'finished',
        report: { schemaVersion: 1, startedAt: '2026-03-01T10:00:00Z', context: 'c', results },
      }),
    )

  it.each([
    ['passed checks', [check('pass', true)], 'clear'],
    ['a strict failure', [check('pass', true), check('fail', true)], 'blocked'],
    ['a failure that is not strict', [check('fail', false)], 'warned'],
    ['a warning', [check('warn', true)], 'warned'],
  ] as const)('%s', (_, results, outcome) => {
    expect(outcomeOf(...results)).toBe(outcome)
  })
})

describe('withPreflight', () => {
  it('keeps the results of checks that do not run again', () => {
    const passed = check('pass', true)
    const failed = check('fail', true)
    const report = (...results: PreflightResult[]) =>
      ({
        kind: 'finished',
        report: { schemaVersion: 1, startedAt: '2026-03-01T10:00:00Z', context: 'c', results },
      }) as const
    const first = withPreflight(running, report(passed, failed))

    const again = withPreflight({ ...first, state: 'running' }, { kind: 'started', checks: [failed] })
    const fixed = withPreflight(again, report({ ...failed, verdict: 'pass' }))

    expect(Object.keys(again.results)).toEqual([passed.id])
    expect(reportOf(fixed).results.map(({ id, verdict }) => [id, verdict])).toEqual([
      [passed.id, 'pass'],
      [failed.id, 'pass'],
    ])
  })
})

describe('the settings validator', () => {
  const schema = {
    type: 'object',
    required: ['region'],
    properties: {
      region: { type: 'string', pattern: '^[a-z]+$' },
      far: {
        type: 'object',
        required: ['host'],
        properties: { host: { type: 'string', minLength: 1 }, port: { type: 'integer', maximum: 65_535 } },
      },
    },
  } as const

  it('reports each error at its field, also a missing one', () => {
    const { errorSchema, errors } = validator.validateFormData(
      { far: { port: 70_000 } },
      structuredClone(schema) as never,
    )

    expect(errorSchema).toMatchObject({
      region: { __errors: ['is required'] },
      far: { host: { __errors: ['is required'] }, port: { __errors: ['must be at most 65535'] } },
    })
    expect(errors).toHaveLength(3)
  })

  it('takes a setting that was emptied for a missing one', () => {
    const emptied = { region: undefined, far: { host: undefined } }
    expect(
      validator
        .validateFormData(emptied as never, structuredClone(schema) as never)
        .errors.map(({ property }) => property),
    ).toEqual(['.region', '.far.host'])
  })

  it('accepts valid settings', () => {
    expect(
      validator.validateFormData({ region: 'west', far: { host: 'h', port: 1 } }, structuredClone(schema) as never)
        .errors,
    ).toEqual([])
  })
})

it('imported settings are merged into groups, and a list replaces a list', () => {
  const base = { region: 'west', hub: { host: 'a', port: 1 }, tags: ['a'] }
  expect(merged(base, { hub: { host: 'b' }, tags: ['b'], more: {} })).toEqual({
    region: 'west',
    hub: { host: 'b', port: 1 },
    tags: ['b'],
    more: {},
  })
})
