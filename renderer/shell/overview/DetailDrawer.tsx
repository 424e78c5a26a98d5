import { Button } from '@mantine/core'
import { type ReactNode, useContext, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { EndpointRow } from '../../../preload/contract/connectivity.ts'
import type { LogRecord } from '../../../preload/contract/logs.ts'
import type { Plane } from '../../../preload/contract/planes.ts'
import { networkText } from '../../../preload/network-text.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { decidingStage } from '../../../preload/verdicts.ts'
import { causeLabel } from '../../connectivity/causeLabel.ts'
import { destination } from '../../connectivity/destination.ts'
import { type Cell, worstFirst } from '../../connectivity/matrix/matrix.ts'
import { columnTitle } from '../../connectivity/vantages/vantages.ts'
import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { CopyButton } from '../../ui/CopyButton.tsx'
import { Drawer } from '../../ui/Drawer.tsx'
import { IconRefresh } from '../../ui/icons.ts'
import { ReadOnlyContext } from '../../ui/readOnly.ts'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { StageStrip } from '../../ui/StageStrip.tsx'
import { checkingStatus, healthStatus, Status, StatusPill, verdictStatus } from '../../ui/Status.tsx'
import { At } from '../../ui/Time.tsx'
import { useTimeFormat } from '../../ui/timeFormat.ts'
import type { PlaneTab } from '../address.ts'
import { useSession } from '../sessionContext.ts'
import { adviceFor } from './advice.ts'
import { componentAppearance, edgeAppearance, edgeText } from './appearance.ts'
import type { Detail } from './attention.ts'
import classes from './DetailDrawer.module.css'
import { DetailLink } from './DetailLink.tsx'
import type { PlaneGraph } from './graph.ts'

export interface DetailDrawerProps {
  readonly plane: Plane
  readonly graph: PlaneGraph
  readonly detail: Detail
  readonly onOpen: (detail: Detail) => void
  readonly onTab: (tab: PlaneTab) => void
  readonly onClose: () => void
}

/** A part of the map: why it is as it is, what to do, its log, and the check of its connections. */
export function DetailDrawer(props: DetailDrawerProps) {
  return props.detail.kind === 'component' ? <ComponentDetails {...props} /> : <EndpointDetails {...props} />
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={classes.section}>
      <h3 className={classes.heading}>{title}</h3>
      {children}
    </section>
  )
}

function CheckButton({ endpoints }: { readonly endpoints: readonly string[] }) {
  const { connectivity } = useSession()
  const running = useStore(connectivity, (state) => state.running)
  const readOnly = useContext(ReadOnlyContext)
  if (readOnly) return null
  return (
    <Button
      leftSection={<IconRefresh size={14} aria-hidden />}
      disabled={running}
      onClick={() => void connectivity.getState().run({ endpoints })}
    >
      {t(running ? 'overview.details.checking' : 'overview.details.checkAgain')}
    </Button>
  )
}

/** Objects and lines that a drawer lists; the views list all. */
const listedObjects = 6
const listedLines = 8

function ComponentDetails({ plane, graph, detail, onOpen, onTab, onClose }: DetailDrawerProps) {
  const session = useSession()
  const part = graph.components.find(({ id }) => id === detail.id)
  const snapshot = useStore(session.workloads, (state) => state.snapshot)
  const component = snapshot?.components.find(({ id }) => id === detail.id)
  if (part === undefined) return <Gone title={detail.id} onClose={onClose} />
  const objects = [...(snapshot?.objects.values() ?? [])].filter((object) => object.component === detail.id)
  const worst = objects.toSorted((one, other) => Number(one.health === 'healthy') - Number(other.health === 'healthy'))
  const edges = graph.edges.filter((edge) => edge.component === detail.id)
  const checkable = edges.filter(({ direction }) => direction === 'outbound').flatMap(({ endpoints }) => endpoints)
  const advice = adviceFor(part)
  return (
    <Drawer
      title={part.title}
      status={<StatusPill appearance={componentAppearance(part)} />}
      subtitle={component?.summary}
      onClose={onClose}
      actions={
        <>
          {checkable.length > 0 && <CheckButton endpoints={checkable} />}
          <Button variant="default" onClick={() => onTab('workloads')}>
            {t('overview.details.openWorkloads')}
          </Button>
          <Button variant="default" onClick={() => onTab('logs')}>
            {t('overview.details.openLogs')}
          </Button>
        </>
      }
    >
      {part.reason !== '' && (
        <Section title={t('overview.details.why')}>
          <p className={classes.text}>{part.reason}</p>
          {component?.since !== undefined && (
            <p className={classes.quiet}>
              <Rich message="overview.details.since" values={{ at: <At key="at" at={component.since} /> }} />
            </p>
          )}
        </Section>
      )}
      {advice !== undefined && (
        <Section title={t('overview.details.whatToDo')}>
          <p className={classes.text}>{t(`overview.details.advice.${advice}`)}</p>
        </Section>
      )}
      {worst.length > 0 && (
        <Section title={t('overview.details.objects')}>
          <ul className={classes.rows}>
            {worst.slice(0, listedObjects).map(({ uid, kind, name, health }) => (
              <li key={uid}>
                <span className={classes.name}>
                  <span className={classes.quiet}>{kind}</span> {name}
                </span>
                <Status appearance={healthStatus[health]} />
              </li>
            ))}
          </ul>
          {worst.length > listedObjects && (
            <p className={classes.quiet}>
              {t('overview.details.moreObjects', { count: worst.length - listedObjects })}
            </p>
          )}
        </Section>
      )}
      {edges.length > 0 && (
        <Section title={t('overview.details.connections')}>
          <ul className={classes.rows}>
            {edges.map((edge) =>
              edge.endpoints.length > 1 ? (
                <li key={edge.id}>
                  <span className={classes.name}>{t('overview.map.endpoints', { count: edge.endpoints.length })}</span>
                  <Status appearance={edgeAppearance(edge.state)} />
                </li>
              ) : (
                <li key={edge.id}>
                  <DetailLink detail={{ kind: 'endpoint', id: edge.id }} onOpen={onOpen}>
                    {edge.title}
                  </DetailLink>
                  <Status appearance={edgeAppearance(edge.state)} label={edgeText(edge)} />
                </li>
              ),
            )}
          </ul>
        </Section>
      )}
      <Section title={t('overview.details.log')}>
        <NewestLines plane={plane} component={detail.id} />
      </Section>
    </Drawer>
  )
}

/** The newest collected lines of the log sources of a component. */
function NewestLines({ plane, component }: { readonly plane: Plane; readonly component: string }) {
  const { link, profiles } = useSession()
  const profile = useStore(profiles, (state) => state.profiles[plane.profile])
  const { full, row } = useTimeFormat()
  const [lines, setLines] = useState<readonly LogRecord[] | undefined>(undefined)
  const sources = profile?.ok ? profile.value.logSources.filter((source) => source.component === component) : []
  const key = sources.map(({ id }) => id).join(' ')

  useEffect(() => {
    if (key === '') return
    const ending = new AbortController()
    async function load() {
      const found: LogRecord[] = []
      const input = { planeId: plane.id, sources: key.split(' '), limit: listedLines }
      try {
        for await (const event of await link.client.logs.search(input, { signal: ending.signal }))
          if (event.kind === 'records') found.push(...event.records)
      } catch {
        // Without the log store there are no lines; its own view says why.
      }
      if (!ending.signal.aborted) setLines(found)
    }
    void load()
    return () => ending.abort()
  }, [key, plane.id, link])

  if (profile === undefined) return <Skeleton />
  if (key === '') return <p className={classes.quiet}>{t('overview.details.logNoSource')}</p>
  if (lines === undefined) return <Skeleton />
  if (lines.length === 0) return <p className={classes.quiet}>{t('overview.details.logNone')}</p>
  return (
    <ol className={`${classes.lines} mono`}>
      {lines.map(({ id, at, level, message }) => (
        <li key={id} data-level={level}>
          <time dateTime={at} title={full(at)} className={classes.quiet}>
            {row(at)}
          </time>{' '}
          {level} {message}
        </li>
      ))}
    </ol>
  )
}

function EndpointDetails({ graph, detail, onOpen, onTab, onClose }: DetailDrawerProps) {
  const { connectivity } = useSession()
  const rows = useStore(connectivity, (state) => state.rows)
  const matrix = useStore(connectivity, (state) => state.matrix)
  const row = rows?.find(({ id }) => id === detail.id)
  const edge = graph.edges.find(({ endpoints }) => endpoints.includes(detail.id))
  if (row === undefined || edge === undefined) return <Gone title={detail.id} onClose={onClose} />
  const cells = matrix.cells[detail.id] ?? {}
  const vantages = worstFirst(
    matrix.vantages.filter((vantage) => cells[vantageKey(vantage)] !== undefined),
    cells,
  )
  return (
    <Drawer
      title={row.title}
      status={<StatusPill appearance={edgeAppearance(edge.state)} />}
      subtitle={<span className="mono">{destination(row)}</span>}
      onClose={onClose}
      actions={
        <>
          {row.direction === 'outbound' && <CheckButton endpoints={[row.id]} />}
          <Button variant="default" onClick={() => onTab('connectivity')}>
            {t('overview.details.openConnectivity')}
          </Button>
        </>
      }
    >
      <p className={classes.route}>
        <DetailLink detail={{ kind: 'component', id: row.component }} onOpen={onOpen}>
          {row.componentTitle}
        </DetailLink>
        {row.note !== '' && <span className={classes.quiet}>{row.note}</span>}
      </p>
      {row.direction === 'inbound' && <p className={classes.quiet}>{t('overview.details.inbound')}</p>}
      {row.direction === 'outbound' && vantages.length === 0 && (
        <p className={classes.quiet}>{t('overview.details.unchecked')}</p>
      )}
      {row.direction === 'outbound' &&
        vantages.map((vantage) => {
          const cell = cells[vantageKey(vantage)]
          return (
            cell !== undefined && (
              <FromVantage
                key={vantageKey(vantage)}
                row={row}
                title={columnTitle(vantage).join(' ')}
                sentence={vantageInSentence(vantage)}
                cell={cell}
              />
            )
          )
        })}
    </Drawer>
  )
}

interface FromVantageProps {
  readonly row: EndpointRow
  readonly title: string
  /** "this computer", for a label. */
  readonly sentence: string
  readonly cell: Cell
}

function FromVantage({ row, title, sentence, cell: { result, stages, startedAt } }: FromVantageProps) {
  const deciding = result === undefined ? undefined : decidingStage(result.stages)
  // A complete configuration is no news.
  const tried = stages.filter(
    ({ verdict, stage }) => stage !== 'config' || (verdict !== 'skipped' && verdict !== 'pass'),
  )
  return (
    <section className={classes.section}>
      <div className={classes.vantage}>
        <h3 className={classes.heading}>{title}</h3>
        <Status appearance={result === undefined ? checkingStatus : verdictStatus[result.verdict]} />
      </div>
      {result !== undefined && result.cause !== '' && (
        <p className={classes.text}>
          <strong>{causeLabel(result.cause)}</strong>
          {deciding !== undefined && <span className={classes.evidence}>{deciding.evidence}</span>}
        </p>
      )}
      {result !== undefined && result.hint !== '' && <p className={classes.text}>{result.hint}</p>}
      {tried.length > 0 && (
        <StageStrip
          label={t('overview.details.stages', { vantage: sentence })}
          stages={tried.map(({ stage, verdict, ms, at }) => ({
            key: stage,
            title: t(`connectivity.stage.${stage}`),
            verdict,
            note: at === '' ? '' : t('overview.details.ms', { ms: Math.round(ms) }),
          }))}
        />
      )}
      {result !== undefined && result.verdict !== 'pass' && result.verdict !== 'skipped' && (
        <CopyButton exact label={t('connectivity.details.copy')} text={() => networkText(row, result, startedAt)} />
      )}
    </section>
  )
}

const Gone = ({ title, onClose }: { readonly title: string; readonly onClose: () => void }) => (
  <Drawer title={title} onClose={onClose}>
    <p className={classes.quiet}>{t('overview.details.gone')}</p>
  </Drawer>
)
