import type { Scope } from '../../../preload/contract/profiles.ts'
import type { MapComponent, MapEdge, PlaneGraph } from './graph.ts'

/** In px from the upper left. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The other end of an edge. */
interface PlacedEnd {
  readonly edge: MapEdge
  readonly box: Box
}

export interface PlacedEdge {
  readonly edge: MapEdge
  /** Of an SVG path, in the direction of the connection. */
  readonly path: string
  /** Where the protocol is written. */
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' }
}

export interface MapLayout {
  readonly width: number
  readonly height: number
  readonly cluster: Box
  readonly components: readonly { readonly component: MapComponent; readonly box: Box }[]
  readonly ends: readonly PlacedEnd[]
  readonly groups: readonly { readonly scope: Scope | 'sources'; readonly x: number; readonly y: number }[]
  readonly edges: readonly PlacedEdge[]
}

const margin = 4
const headHeight = 28
const groupGap = 16
const componentHeight = 48
const componentGap = 12
/** Between components without connections. */
const quietGap = 8
const endHeight = 44
const endGap = 8
const clusterPadding = 16
/** Narrower, there is no room for the three columns. */
export const narrowestMapPx = 640
/** Distance between the edges at the side of a component. */
const portGap = 10

const scopeOrder = ['cluster', 'vpc', 'external'] as const satisfies Scope[]

const middle = ({ y, height }: Box) => y + height / 2
const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Boxes of one height below each other, each as near to its wish as those before it permit. */
function stacked(wishes: readonly number[], height: number, gap: number, from: number): number[] {
  let next = from
  return wishes.map((wish) => {
    const y = Math.max(next, wish - height / 2)
    next = y + height + gap
    return y
  })
}

/**
 * Where everything of the map is, for a width of at least `narrowestMapPx`: sources at the left, the cluster in the middle, destinations
 * at the right by scope. Components are beside their destinations; those without any are below in two columns. It depends on
 * the profile alone, so that nothing moves while verdicts change. Pure.
 */
export function layoutMap({ components, edges }: PlaneGraph, width: number): MapLayout {
  const inbound = edges.filter(({ direction }) => direction === 'inbound')
  const outbound = edges.filter(({ direction }) => direction === 'outbound')
  const connected = components.filter(({ id }) => edges.some(({ component }) => component === id))
  const quiet = components.filter((component) => !connected.includes(component))
  const rank = new Map(connected.map(({ id }, index) => [id, index]))
  const rankOf = ({ component }: MapEdge) => rank.get(component) ?? connected.length

  const endWidth = clamp(width * 0.28, 176, 300)
  const sourceWidth = inbound.length === 0 ? 0 : clamp(width * 0.18, 124, 200)
  // Between the columns: room for the protocol and the arrow.
  const rightGap = clamp(width * 0.12, 80, 128)
  const leftGap = clamp(width * 0.09, 60, 96)
  const clusterX = margin + (sourceWidth === 0 ? 0 : sourceWidth + leftGap)
  const endX = width - margin - endWidth
  const cluster = { x: clusterX, width: Math.max(176, endX - rightGap - clusterX) }
  const innerX = clusterX + clusterPadding
  const innerWidth = cluster.width - 2 * clusterPadding

  // Destinations: by scope, then in the order of their components.
  let y = margin
  const groups: MapLayout['groups'][number][] = []
  const ends: PlacedEnd[] = []
  for (const scope of scopeOrder) {
    const members = outbound
      .filter((edge) => edge.scope === scope)
      .toSorted((one, other) => rankOf(one) - rankOf(other))
    if (members.length === 0) continue
    groups.push({ scope, x: endX, y: y + headHeight / 2 })
    y += headHeight
    for (const edge of members) {
      ends.push({ edge, box: { x: endX, y, width: endWidth, height: endHeight } })
      y += endHeight + endGap
    }
    y += groupGap - endGap
  }
  const endsBottom = y - groupGap

  // Components: beside the middle of their destinations.
  const top = margin + headHeight + clusterPadding / 2
  const wishOf = ({ id }: MapComponent) => {
    const own = ends.filter(({ edge }) => edge.component === id).map(({ box }) => middle(box))
    return own.length === 0 ? undefined : mean(own)
  }
  const wished = connected
    .map((component) => ({ component, wish: wishOf(component) ?? 0 }))
    .toSorted((one, other) => one.wish - other.wish)
  const ys = stacked(
    wished.map(({ wish }) => wish),
    componentHeight,
    componentGap,
    top,
  )
  const placed = wished.map(({ component }, index) => ({
    component,
    box: { x: innerX, y: ys[index] ?? top, width: innerWidth, height: componentHeight },
  }))
  const connectedBottom = placed.reduce((low, { box }) => Math.max(low, box.y + box.height), top - componentGap)
  const columns = innerWidth >= 340 ? 2 : 1
  const quietWidth = (innerWidth - (columns - 1) * componentGap) / columns
  const quietPlaced = quiet.map((component, index) => ({
    component,
    box: {
      x: innerX + (index % columns) * (quietWidth + componentGap),
      y: connectedBottom + 2 * quietGap + Math.floor(index / columns) * (componentHeight + quietGap),
      width: quietWidth,
      height: componentHeight,
    },
  }))
  const clusterBottom =
    quietPlaced.reduce((low, { box }) => Math.max(low, box.y + box.height), connectedBottom) + clusterPadding

  // Sources: beside the component that they call.
  const boxOf = new Map([...placed, ...quietPlaced].map(({ component, box }) => [component.id, box]))
  const calls = inbound.flatMap((edge) => {
    const box = boxOf.get(edge.component)
    return box === undefined ? [] : [{ edge, wish: middle(box) }]
  })
  const ordered = calls.toSorted((one, other) => one.wish - other.wish)
  const sourceYs = stacked(
    ordered.map(({ wish }) => wish),
    endHeight,
    endGap,
    margin + headHeight,
  )
  const sources = ordered.map(({ edge }, index) => ({
    edge,
    box: { x: margin, y: sourceYs[index] ?? top, width: sourceWidth, height: endHeight },
  }))
  const firstSource = sources[0]
  if (firstSource !== undefined) groups.unshift({ scope: 'sources', x: margin, y: firstSource.box.y - headHeight / 2 })
  const sourcesBottom = sources.reduce((low, { box }) => Math.max(low, box.y + box.height), 0)

  const height = Math.max(endsBottom, clusterBottom, sourcesBottom) + margin
  const clusterBox = { ...cluster, y: margin, height: Math.max(clusterBottom, endsBottom) - margin }
  const allEnds = [...sources, ...ends]
  return {
    width,
    height,
    cluster: clusterBox,
    components: [...placed, ...quietPlaced],
    ends: allEnds,
    groups,
    edges: allEnds.flatMap((end) => {
      const box = boxOf.get(end.edge.component)
      if (box === undefined) return []
      const siblings = allEnds.filter(
        ({ edge }) => edge.component === end.edge.component && edge.direction === end.edge.direction,
      )
      return [edgeBetween(box, end, siblings.indexOf(end) - (siblings.length - 1) / 2)]
    }),
  }
}

const round = (value: number) => Math.round(value * 10) / 10

function edgeBetween(component: Box, { edge, box }: PlacedEnd, port: number): PlacedEdge {
  const side = clamp(middle(component) + port * portGap, component.y + 8, component.y + component.height - 8)
  const outbound = edge.direction === 'outbound'
  const [x1, y1, x2, y2] = outbound
    ? [component.x + component.width, side, box.x, middle(box)]
    : [box.x + box.width, middle(box), component.x, side]
  const bend = (x2 - x1) / 2
  // On the side from which the curve does not come.
  const from = outbound ? y1 : y2
  const to = outbound ? y2 : y1
  const labelY = from < to - 4 ? to + 15 : to - 6
  return {
    edge,
    path: `M${round(x1)} ${round(y1)}C${round(x1 + bend)} ${round(y1)} ${round(x2 - bend)} ${round(y2)} ${round(x2)} ${round(y2)}`,
    label: outbound
      ? { x: round(x2 - 12), y: round(labelY), anchor: 'end' }
      : { x: round(x1 + 8), y: round(labelY), anchor: 'start' },
  }
}
