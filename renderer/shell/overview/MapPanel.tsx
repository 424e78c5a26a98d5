import { Button, Menu, SegmentedControl } from '@mantine/core'
import { useLayoutEffect, useRef, useState } from 'react'
import { t } from '../../strings/t.ts'
import { IconDownload } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Status } from '../../ui/Status.tsx'
import { edgeAppearance } from './appearance.ts'
import type { Detail } from './attention.ts'
import { saveMap } from './exportMap.ts'
import type { PlaneGraph } from './graph.ts'
import { narrowestMapPx } from './layout.ts'
import { MapList } from './MapList.tsx'
import classes from './MapPanel.module.css'
import { PlaneMap } from './PlaneMap.tsx'

export interface MapPanelProps {
  readonly plane: string
  readonly contextName: string
  readonly graph: PlaneGraph
  readonly onOpen: (detail: Detail) => void
}

const legend = ['fail', 'warn', 'pass', 'checking', 'unchecked'] as const

const views = [
  { value: 'map', label: t('overview.map.asMap') },
  { value: 'list', label: t('overview.map.asList') },
]

/** The map with its twin, a list of the same content; narrow windows show only the list. */
export function MapPanel({ plane, contextName, graph, onOpen }: MapPanelProps) {
  const holder = useRef<HTMLDivElement>(null)
  const svg = useRef<SVGSVGElement>(null)
  const [width, setWidth] = useState(0)
  const [view, setView] = useState('map')

  useLayoutEffect(() => {
    const element = holder.current
    if (element === null) return
    const measure = () => setWidth(Math.floor(element.clientWidth))
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const wide = width >= narrowestMapPx
  const asMap = wide && view === 'map'
  const save = (format: 'svg' | 'png') => {
    if (svg.current !== null) void saveMap(svg.current, t('overview.map.fileName', { plane }), format)
  }
  return (
    <Panel
      title={t('overview.map.title')}
      aside={
        wide && (
          <div className={classes.tools}>
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <Button
                  variant="subtle"
                  size="compact-xs"
                  leftSection={<IconDownload size={14} aria-hidden />}
                  disabled={!asMap}
                >
                  {t('overview.map.save')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={() => save('svg')}>{t('overview.map.saveSvg')}</Menu.Item>
                <Menu.Item onClick={() => save('png')}>{t('overview.map.savePng')}</Menu.Item>
              </Menu.Dropdown>
            </Menu>
            <SegmentedControl aria-label={t('overview.map.view')} data={views} value={view} onChange={setView} />
          </div>
        )
      }
    >
      <div ref={holder} className={classes.holder}>
        {graph.components.length === 0 && graph.edges.length === 0 && (
          <p className={classes.empty}>{t('overview.map.empty')}</p>
        )}
        {graph.components.length > 0 && width > 0 && asMap && (
          <PlaneMap graph={graph} width={width} plane={plane} contextName={contextName} onOpen={onOpen} svg={svg} />
        )}
        {width > 0 && !asMap && <MapList graph={graph} onOpen={onOpen} />}
      </div>
      {asMap && (
        <ul className={classes.legend} aria-label={t('overview.map.legend')}>
          {legend.map((state) => (
            <li key={state}>
              <span
                className={classes.sample}
                data-tone={edgeAppearance(state).tone}
                data-dashed={state === 'unchecked' ? '' : undefined}
              />
              <Status appearance={edgeAppearance(state)} label={t(`overview.map.legendItem.${state}`)} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
