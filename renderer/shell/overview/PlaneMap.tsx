import { type KeyboardEvent, type Ref, useMemo, useState } from 'react'
import { t } from '../../strings/t.ts'
import {
  componentAppearance,
  edgeAppearance,
  edgeText,
  endIcon,
  endText,
  endTitle,
  protocolName,
} from './appearance.ts'
import type { Detail } from './attention.ts'
import type { MapComponent, MapEdge, PlaneGraph } from './graph.ts'
import { type Box, layoutMap, type PlacedEdge } from './layout.ts'
import classes from './PlaneMap.module.css'
import { shorten, shortenEnd } from './shorten.ts'
import { textWidth } from './textWidth.ts'
import { reasonText } from './verdict.ts'

export interface PlaneMapProps {
  readonly graph: PlaneGraph
  readonly width: number
  readonly plane: string
  readonly contextName: string
  readonly onOpen: (detail: Detail) => void
  readonly svg?: Ref<SVGSVGElement>
}

/** What the labels of the buttons say already. */
const decorative = { 'aria-hidden': true } as const

/** HTML has no element for a group of buttons inside of an SVG. */
const group = { role: 'group' } as const

const strong = textWidth(13, 600)
const small = textWidth(12, 400)

/** A component lights all of its edges; an end lights its own. */
type Lit = { readonly component: string } | { readonly edge: string } | undefined

const isLit = (lit: Lit, { edge }: { readonly edge: MapEdge }): boolean =>
  lit !== undefined && ('component' in lit ? edge.component === lit.component : edge.id === lit.edge)

/** A group stands for several endpoints of one component: its drawer lists them. */
const detailOf = ({ id, endpoints, component }: MapEdge): Detail =>
  endpoints.length === 1 ? { kind: 'endpoint', id } : { kind: 'component', id: component }

const moves: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowRight: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  ArrowLeft: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
}

function onArrow(event: KeyboardEvent<SVGSVGElement>): void {
  const move = moves[event.key]
  if (move === undefined || !(event.target instanceof SVGElement)) return
  const parts = [...event.currentTarget.querySelectorAll<SVGElement>('[role=button]')]
  parts[move(parts.indexOf(event.target), parts.length)]?.focus()
  event.preventDefault()
}

/** The plane as a picture: who calls it, its components in the cluster, and what they connect to. One stop for Tab; arrows move. */
export function PlaneMap({ graph, width, plane, contextName, onOpen, svg }: PlaneMapProps) {
  const layout = useMemo(() => layoutMap(graph, width), [graph, width])
  const [lit, setLit] = useState<Lit>(undefined)
  const [stop, setStop] = useState<string | undefined>(undefined)
  const titleOf = useMemo(() => new Map(graph.components.map(({ id, title }) => [id, title])), [graph])
  const { cluster, components, ends, edges, groups, height } = layout
  const litComponents = new Set(edges.filter((edge) => isLit(lit, edge)).map(({ edge }) => edge.component))
  const firstStop = `component/${components[0]?.component.id}`
  const stopId = stop ?? firstStop
  const part = (id: string, light: Lit, detail: Detail) => ({
    role: 'button',
    tabIndex: id === stopId ? 0 : -1,
    onClick: () => onOpen(detail),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== 'Enter' && event.key !== ' ') return
      event.preventDefault()
      onOpen(detail)
    },
    onFocus: () => {
      setLit(light)
      setStop(id)
    },
    onBlur: () => setLit(undefined),
    onPointerEnter: () => setLit(light),
    onPointerLeave: () => setLit(undefined),
  })
  return (
    <svg
      ref={svg}
      className={classes.map}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-label={t('overview.map.of', { plane })}
      {...group}
      data-lit={lit === undefined ? undefined : ''}
      onKeyDown={onArrow}
    >
      <g {...decorative}>
        <rect {...frame(cluster)} rx={10} className={classes.cluster} />
        <text x={cluster.x + 16} y={cluster.y + 22} className={classes.group}>
          {shorten(t('overview.map.cluster', { context: contextName }), cluster.width - 32, small)}
        </text>
        {groups.map(({ scope, x, y }) => (
          <text key={scope} x={x} y={y + 4} className={classes.group}>
            {t(`overview.map.group.${scope}`)}
          </text>
        ))}
      </g>
      <g {...decorative}>
        {edges.map((placed) => (
          <Edge key={placed.edge.id} placed={placed} lit={isLit(lit, placed)} />
        ))}
      </g>
      {components.map(({ component, box }) => (
        <Component
          key={component.id}
          component={component}
          box={box}
          lit={
            litComponents.has(component.id) ||
            (lit !== undefined && 'component' in lit && lit.component === component.id)
          }
          part={part(`component/${component.id}`, { component: component.id }, { kind: 'component', id: component.id })}
        />
      ))}
      {ends.map(({ edge, box }) => (
        <End
          key={edge.id}
          edge={edge}
          box={box}
          lit={isLit(lit, { edge })}
          component={titleOf.get(edge.component) ?? edge.component}
          part={part(`edge/${edge.id}`, { edge: edge.id }, detailOf(edge))}
        />
      ))}
    </svg>
  )
}

const frame = ({ x, y, width, height }: Box) => ({ x, y, width, height })

function Edge({ placed: { edge, path, label }, lit }: { readonly placed: PlacedEdge; readonly lit: boolean }) {
  const { tone } = edgeAppearance(edge.state)
  const dashed = edge.state === 'unchecked' || edge.state === 'skipped'
  return (
    <g className={classes.edge} data-tone={tone} data-state={edge.state} data-lit={lit ? '' : undefined}>
      <path d={path} className={classes.line} strokeDasharray={dashed ? '4 4' : undefined} />
      <Arrow path={path} />
      <text x={label.x} y={label.y} textAnchor={label.anchor} className={classes.protocol}>
        {protocolName(edge.protocol.split(', ')[0] ?? '')}
      </text>
    </g>
  )
}

/** At the end of the path, which every edge reaches horizontally. */
function Arrow({ path }: { readonly path: string }) {
  const [x = '0', y = '0'] = path.split(' ').slice(-2)
  return <path className={classes.arrow} d={`M${x} ${y}l-8 -4.5v9z`} />
}

type PartProps = Readonly<Record<string, unknown>>

interface ComponentProps {
  readonly component: MapComponent
  readonly box: Box
  readonly lit: boolean
  readonly part: PartProps
}

function Component({ component, box, lit, part }: ComponentProps) {
  const { title, reason, vendor, health } = component
  const { icon: Icon, tone, label } = componentAppearance(component)
  const { x, y, width, height } = box
  const verdict =
    reason === '' || health === 'healthy' ? label : t('overview.map.why', { verdict: label, cause: reasonText(reason) })
  const vendorRun = t('overview.map.vendor')
  const vendorVerdict = health === 'unknown' ? vendorRun : t('overview.map.why', { verdict: vendorRun, cause: label })
  return (
    <g className={classes.part} data-tone={tone} data-lit={lit ? '' : undefined}>
      {/* The label says all; the texts beside it are the picture. */}
      <g
        {...part}
        className={classes.hit}
        aria-label={t('overview.map.componentLabel', {
          title,
          health: label,
          reason: health === 'healthy' || reason === '' ? 'empty' : reason,
        })}
      >
        <rect x={x} y={y} width={width} height={height} rx={10} className={classes.box} data-component="" />
      </g>
      <g {...decorative} className={classes.face}>
        <Icon x={x + 12} y={y + height / 2 - 8} size={16} stroke={2} className={classes.icon} />
        <text x={x + 36} y={y + 20} className={classes.title}>
          {shorten(title, width - 48, strong)}
        </text>
        <text x={x + 36} y={y + 37} className={classes.state}>
          {shortenEnd(vendor ? vendorVerdict : verdict, width - 48, small)}
        </text>
      </g>
    </g>
  )
}

interface EndProps {
  readonly edge: MapEdge
  readonly box: Box
  readonly lit: boolean
  readonly component: string
  readonly part: PartProps
}

function End({ edge, box, lit, component, part }: EndProps) {
  const { tone, icon: Icon } = edgeAppearance(edge.state)
  const Kind = endIcon(edge)
  const { x, y, width, height } = box
  const title = endTitle(edge)
  return (
    <g className={classes.part} data-tone={tone} data-state={edge.state} data-lit={lit ? '' : undefined}>
      <g
        {...part}
        className={classes.hit}
        aria-label={t('overview.map.edgeLabel', {
          direction: edge.direction,
          title,
          component,
          protocol: protocolName(edge.protocol),
          state: edgeText(edge),
        })}
      >
        <rect x={x} y={y} width={width} height={height} rx={6} className={classes.box} />
      </g>
      <g {...decorative} className={classes.face}>
        <Kind x={x + 12} y={y + 14} size={16} stroke={1.75} className={classes.kind} />
        <text x={x + 36} y={y + 18} className={classes.title}>
          {shorten(title, width - 44, strong)}
        </text>
        <Icon x={x + 36} y={y + 24} size={13} stroke={2} className={classes.icon} />
        <text x={x + 53} y={y + 35} className={classes.state}>
          {shortenEnd(endText(edge), width - 61, small)}
        </text>
      </g>
    </g>
  )
}
