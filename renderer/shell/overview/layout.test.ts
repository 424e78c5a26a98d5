import { describe, expect, it } from 'vitest'
import type { ComponentStatus } from '../../../preload/contract/workloads.ts'
import { emptyMatrix, matrixOf } from '../../connectivity/matrix/matrix.ts'
import { report, result, row } from '../../connectivity/samples.ts'
import { planeGraph } from './graph.ts'
import { type Box, layoutMap, narrowestMapPx } from './layout.ts'

const status = (id: string): ComponentStatus => ({
  id,
  title: id,
  summary: '',
  providedBy: 'release',
  health: 'healthy',
  reason: '',
  objects: [],
})
const components = ['agent', 'gateway', 'flux', 'idle-1', 'idle-2', 'idle-3'].map(status)
const rows = [
  row('control-plane'),
  row('telemetry'),
  row('vault', { component: 'flux', scope: 'vpc' }),
  row('charts', { component: 'flux' }),
  row('hub', { component: 'gateway' }),
  row('users', { component: 'gateway', direction: 'inbound', scope: 'vpc' }),
]
const graph = planeGraph(rows, components, emptyMatrix)

const overlaps = (one: Box, other: Box) =>
  one.x < other.x + other.width &&
  other.x < one.x + one.width &&
  one.y < other.y + other.height &&
  other.y < one.y + one.height

const widths = [narrowestMapPx, 700, 1_000, 1_600]

describe('layoutMap', () => {
  it.each(widths)('nothing overlaps, and all is inside, at %i px', (width) => {
    const { components: placed, ends, height, cluster } = layoutMap(graph, width)
    const boxes = [...placed.map(({ box }) => box), ...ends.map(({ box }) => box)]

    expect(boxes).toHaveLength(components.length + rows.length)
    boxes.forEach((box, at) => {
      expect(boxes.slice(at + 1).filter((other) => overlaps(box, other))).toEqual([])
      expect(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true)
    })
    for (const { box } of placed) {
      expect(box.x > cluster.x && box.x + box.width < cluster.x + cluster.width).toBe(true)
      expect(box.y + box.height < cluster.y + cluster.height).toBe(true)
    }
  })

  it.each(widths)('sources are at the left of the cluster and destinations at its right, at %i px', (width) => {
    const { cluster, ends } = layoutMap(graph, width)
    for (const { edge, box } of ends) {
      if (edge.direction === 'inbound') expect(box.x + box.width).toBeLessThan(cluster.x)
      else expect(box.x).toBeGreaterThan(cluster.x + cluster.width)
    }
  })

  it('destinations are grouped by scope: private network before internet', () => {
    const { groups, ends } = layoutMap(graph, 1_000)
    expect(groups.map(({ scope }) => scope)).toEqual(['sources', 'vpc', 'external'])
    expect(ends.map(({ edge }) => edge.id)).toEqual(['users', 'vault', 'control-plane', 'telemetry', 'hub', 'charts'])
  })

  it('a verdict moves nothing', () => {
    const checked = planeGraph(rows, components, matrixOf(report(result('hub', 'fail'), result('vault', 'pass'))))
    const boxes = ({ ends, components: placed }: ReturnType<typeof layoutMap>) => [
      ...ends.map(({ box }) => box),
      ...placed.map(({ box }) => box),
    ]
    expect(boxes(layoutMap(checked, 900))).toEqual(boxes(layoutMap(graph, 900)))
  })

  it('an edge runs in the direction of its connection', () => {
    const { edges, ends } = layoutMap(graph, 1_000)
    const startX = (id: string) => Number(/^M([\d.]+)/.exec(edges.find(({ edge }) => edge.id === id)?.path ?? '')?.[1])
    const boxOf = (id: string) => ends.find(({ edge }) => edge.id === id)?.box

    expect(startX('users')).toBe((boxOf('users')?.x ?? 0) + (boxOf('users')?.width ?? 0))
    expect(startX('hub')).toBeLessThan(boxOf('hub')?.x ?? 0)
  })

  it('an empty plane is an empty cluster', () => {
    const { edges, height } = layoutMap({ components: [], edges: [] }, 800)
    expect(edges).toEqual([])
    expect(Number.isFinite(height)).toBe(true)
  })
})
