import { t } from '../../strings/t.ts'
import { Status } from '../../ui/Status.tsx'
import { componentAppearance, edgeAppearance, edgeText, endTitle, protocolName } from './appearance.ts'
import type { Detail } from './attention.ts'
import { DetailLink } from './DetailLink.tsx'
import type { MapEdge, PlaneGraph } from './graph.ts'
import classes from './MapPanel.module.css'

export interface MapListProps {
  readonly graph: PlaneGraph
  readonly onOpen: (detail: Detail) => void
}

/** The content of the map as two tables. */
export function MapList({ graph: { components, edges }, onOpen }: MapListProps) {
  const titleOf = (id: string) => components.find((component) => component.id === id)?.title ?? id
  return (
    <>
      <table className={classes.list}>
        <caption>{t('overview.map.components')}</caption>
        <tbody>
          {components.map((component) => (
            <tr key={component.id}>
              <td>
                <DetailLink detail={{ kind: 'component', id: component.id }} onOpen={onOpen}>
                  {component.title}
                </DetailLink>
              </td>
              <td>
                <Status appearance={componentAppearance(component)} />
              </td>
              <td>{component.vendor ? t('overview.map.vendor') : component.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className={classes.list}>
        <caption>{t('overview.map.connections')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('overview.map.column.from')}</th>
            <th scope="col">{t('overview.map.column.to')}</th>
            <th scope="col">{t('overview.map.column.protocol')}</th>
            <th scope="col">{t('overview.map.column.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <Connection key={edge.id} edge={edge} component={titleOf(edge.component)} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </>
  )
}

interface ConnectionProps {
  readonly edge: MapEdge
  readonly component: string
  readonly onOpen: (detail: Detail) => void
}

function Connection({ edge, component, onOpen }: ConnectionProps) {
  const single = edge.endpoints.length === 1
  const end = (
    <DetailLink
      detail={single ? { kind: 'endpoint', id: edge.id } : { kind: 'component', id: edge.component }}
      onOpen={onOpen}
    >
      {endTitle(edge)}
    </DetailLink>
  )
  const inbound = edge.direction === 'inbound'
  return (
    <tr>
      <td>{inbound ? end : component}</td>
      <td>{inbound ? component : end}</td>
      <td>{protocolName(edge.protocol)}</td>
      <td>
        <Status appearance={edgeAppearance(edge.state)} label={edgeText(edge)} />
      </td>
    </tr>
  )
}
