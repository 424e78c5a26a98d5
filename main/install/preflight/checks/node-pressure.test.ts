import { expect, it } from 'vitest'
import { comparePressure } from './node-pressure.ts'

const node = (name: string, conditions: Readonly<Record<string, string>>) => ({
  metadata: { name },
  status: {
    conditions: Object.entries(conditions).map(([type, status]) => ({ type, status, message: `${type} message` })),
  },
})
const calm = node('calm', { Ready: 'True', DiskPressure: 'False', MemoryPressure: 'False', PIDPressure: 'False' })
const full = node('full', { Ready: 'True', DiskPressure: 'True' })
const busy = node('busy', { Ready: 'True', MemoryPressure: 'True', PIDPressure: 'True' })

it.each([
  ['passes without pressure', [calm, calm], 'pass', ''],
  ['warns if another node has none', [calm, full], 'warn', 'full: DiskPressure (DiskPressure message)'],
  [
    'fails if no node is free of it, and lists every condition',
    [full, busy],
    'fail',
    'full: DiskPressure (DiskPressure message)\nbusy: MemoryPressure (MemoryPressure message), PIDPressure (PIDPressure message)',
  ],
  // A node whose kubelet is silent is not ready, which is a check of its own.
  ['does not count a state that is unknown', [node('silent', { DiskPressure: 'Unknown' })], 'pass', ''],
  ['does not count a node that reports no conditions', [{ metadata: { name: 'new' } }], 'pass', ''],
  ['is skipped without nodes', [], 'skipped', undefined],
])('node.pressure %s', (_name, nodes, verdict, evidence) => {
  const outcome = comparePressure(nodes)
  expect([outcome.verdict, outcome.evidence]).toEqual([verdict, evidence])
})
