import { Button, Tabs } from '@mantine/core'
import type { EndpointRow, ProxyView, Vantage } from '../../../preload/contract/connectivity.ts'
import { vantageKey } from '../../../preload/vantages.ts'
import { IconRefresh } from '../../ui/icons.ts'
import { Status, verdictStatus, waitingStatus } from '../../ui/Status.tsx'
import type { MatrixActions } from '../matrix/actions.ts'
import { type Cell, worstFirst } from '../matrix/matrix.ts'
import { columnTitle } from '../vantages/vantages.ts'
import { destination, inspections, scopes } from '../words.ts'
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
  /** The vantage that is looked at. */
  readonly at: string
  readonly onAt: (key: string) => void
}

/** One endpoint: what it is for, what each stage saw from each vantage, why it is as it is, and what to do. */
export function EndpointDetails({ row, vantages, cells, proxy, actions, at, onAt }: EndpointDetailsProps) {
  const said = differences(vantages, cells)
  const reading = proxy?.rows.find(({ endpoint }) => endpoint === row.id)
  const facts = [
    `${row.direction}, ${scopes[row.scope] ?? row.scope}`,
    row.required ? 'required' : 'optional',
    inspections[row.inspection] ?? row.inspection,
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
      {said.length > 0 && (
        <section aria-label="What differs">
          <h3 className={classes.heading}>What differs by where it is checked from</h3>
          <ul className={classes.said}>
            {said.map((line) => (
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
          classNames={{ tabLabel: classes.placeLabel }}
        >
          <Tabs.List className={classes.places} aria-label={`${row.title}, by vantage`}>
            {worstFirst(vantages, cells).map((vantage) => {
              const verdict = cells[vantageKey(vantage)]?.result?.verdict
              const [kind, name] = columnTitle(vantage)
              return (
                <Tabs.Tab key={vantageKey(vantage)} value={vantageKey(vantage)} className={classes.place}>
                  <Status appearance={verdict === undefined ? waitingStatus : verdictStatus[verdict]} />
                  <span className={classes.placeName}>{vantage.kind === 'computer' ? kind : `${kind} ${name}`}</span>
                </Tabs.Tab>
              )
            })}
          </Tabs.List>
          <Tabs.Panel value={vantageKey(current)} className={classes.panel}>
            <VantageDetails row={row} vantage={current} cell={cells[vantageKey(current)]} />
          </Tabs.Panel>
        </Tabs>
      )}
      {reading !== undefined && (reading.differs || !reading.usesProxySettings) && (
        <ProxyInterpretation reading={reading} />
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
            Check this one
          </Button>
          {vantages.length > 1 && current !== undefined && (
            <Button
              variant="default"
              size="compact-xs"
              disabled={actions.running}
              onClick={() => actions.onRow(row.id, current)}
            >
              Only from {current.kind === 'computer' ? 'this computer' : current.name}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}
