import { Button, Tabs } from '@mantine/core'
import type { EndpointRow, ProxyView, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence, vantageKey } from '../../../preload/vantages.ts'
import { isKey, t } from '../../strings/t.ts'
import { IconRefresh } from '../../ui/icons.ts'
import { Status, verdictStatus, waitingStatus } from '../../ui/Status.tsx'
import { useTimeFormat } from '../../ui/timeFormat.ts'
import { destination } from '../destination.ts'
import type { MatrixActions } from '../matrix/actions.ts'
import { type Cell, worstFirst } from '../matrix/matrix.ts'
import { columnTitle } from '../vantages/vantages.ts'
import classes from './Details.module.css'
import { differences } from './differences.ts'
import { ProxyInterpretation } from './ProxyInterpretation.tsx'
import { VantageDetails } from './VantageDetails.tsx'

export interface EndpointDetailsProps {
  readonly row: EndpointRow
  readonly vantages: readonly Vantage[]
  readonly cells: Readonly<Record<string, Cell>>
  readonly proxy: ProxyView | undefined
  readonly actions: MatrixActions | undefined
  /** The key of the vantage whose details are shown. */
  readonly at: string
  readonly onAt: (key: string) => void
}

/** One endpoint: facts, differences between vantages, and the details of one vantage. */
export function EndpointDetails({ row, vantages, cells, proxy, actions, at, onAt }: EndpointDetailsProps) {
  const lines = differences(vantages, cells, useTimeFormat())
  const interpretation = proxy?.rows.find(({ endpoint }) => endpoint === row.id)
  const facts = [
    scopeText(row),
    t(row.required ? 'connectivity.details.required' : 'connectivity.details.optional'),
    inspectionText(row),
    row.note,
  ].filter((fact) => fact !== '')
  const current = vantages.find((vantage) => vantageKey(vantage) === at) ?? vantages[0]
  return (
    <div className={classes.details}>
      <p className={classes.facts}>
        <span className="mono">{destination(row)}</span>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {lines.length > 0 && (
        <section aria-label={t('connectivity.differences.title')}>
          <h2 className={classes.heading}>{t('connectivity.differences.title')}</h2>
          <ul className={classes.differences}>
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      )}
      {vantages.length === 1 && current !== undefined && (
        <VantageDetails row={row} vantage={current} cell={cells[vantageKey(current)]} />
      )}
      {vantages.length > 1 && current !== undefined && (
        <Tabs
          orientation="vertical"
          value={vantageKey(current)}
          onChange={(value) => value !== null && onAt(value)}
          keepMounted={false}
          className={classes.tabs}
          classNames={{ tabLabel: classes.vantageLabel }}
        >
          <Tabs.List
            className={classes.vantages}
            aria-label={t('connectivity.details.byVantage', { title: row.title })}
          >
            {worstFirst(vantages, cells).map((vantage) => {
              const verdict = cells[vantageKey(vantage)]?.result?.verdict
              const [kind, name] = columnTitle(vantage)
              return (
                <Tabs.Tab key={vantageKey(vantage)} value={vantageKey(vantage)} className={classes.vantageTab}>
                  <Status appearance={verdict === undefined ? waitingStatus : verdictStatus[verdict]} />
                  <span className={classes.vantageName}>{vantage.kind === 'computer' ? kind : `${kind} ${name}`}</span>
                </Tabs.Tab>
              )
            })}
          </Tabs.List>
          <Tabs.Panel value={vantageKey(current)} className={classes.panel}>
            <VantageDetails row={row} vantage={current} cell={cells[vantageKey(current)]} />
          </Tabs.Panel>
        </Tabs>
      )}
      {interpretation !== undefined && (interpretation.differs || !interpretation.usesProxySettings) && (
        <ProxyInterpretation interpretation={interpretation} />
      )}
      {actions !== undefined && (
        <div className={classes.actions}>
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<IconRefresh size={14} aria-hidden />}
            disabled={actions.running}
            onClick={() => actions.onRow(row.id)}
          >
            {t('connectivity.action.checkRow')}
          </Button>
          {vantages.length > 1 && current !== undefined && (
            <Button
              variant="default"
              size="compact-xs"
              disabled={actions.running}
              onClick={() => actions.onRow(row.id, current)}
            >
              {t('connectivity.action.checkFrom', { vantage: vantageInSentence(current) })}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

function scopeText({ direction, scope }: EndpointRow): string {
  const key = `connectivity.details.scope.${scope}` as const
  return t(isKey(key) ? key : 'connectivity.details.scope.other', { direction, scope })
}

function inspectionText({ inspection }: EndpointRow): string {
  const key = `connectivity.details.inspection.${inspection}` as const
  return isKey(key) ? t(key) : inspection
}
