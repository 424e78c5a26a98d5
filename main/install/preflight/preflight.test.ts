import { describe, expect, it } from 'vitest'
import { states } from '../../../test/install/preflight-states.ts'
import { catalogue } from './catalogue.ts'
import { chosenChecks } from './preflight.ts'

const ids = (request: Parameters<typeof chosenChecks>[0]) => chosenChecks(request).map(({ id }) => id)

describe('the checks of a preflight', () => {
  it('only read, unless deep ones are requested', () => {
    expect(chosenChecks({}).every(({ tier }) => tier === 'read')).toBe(true)
    expect(ids({ deep: true })).toEqual(catalogue.map(({ id }) => id))
  })

  it('are those that are named, in the order of the report', () => {
    expect(ids({ only: ['node.ready', 'settings.valid', 'no.such'] })).toEqual(['settings.valid', 'node.ready'])
  })

  it('have ids of their own, in the published form', () => {
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length)
    for (const { id } of catalogue) expect(id).toMatch(/^[a-z]+\.[a-z-]+$/)
  })

  it('have a state of a real cluster that fails each check that reads', () => {
    const failing = new Set(states.filter(({ verdict }) => /fail|warn|unknown/.test(verdict)).map(({ check }) => check))
    expect(catalogue.filter(({ id, tier }) => tier === 'read' && !failing.has(id)).map(({ id }) => id)).toEqual([])
  })
})
