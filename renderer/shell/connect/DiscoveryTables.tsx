import type { PlaneDiscovery } from '../../../preload/contract/install.ts'
import { t } from '../../strings/t.ts'
import { Status, type StatusAppearance, verdictStatus } from '../../ui/Status.tsx'
import tableClasses from '../../ui/Table.module.css'
import classes from './ConnectView.module.css'

type State = PlaneDiscovery['components'][number]['state']

const appearances = {
  found: verdictStatus.pass,
  partial: verdictStatus.warn,
  missing: verdictStatus.fail,
  unknown: verdictStatus.unknown,
  elsewhere: verdictStatus.skipped,
} as const satisfies Record<State, StatusAppearance>

const StateOf = ({ state }: { readonly state: State }) => (
  <Status appearance={appearances[state]} label={t(`connect.state.${state}`)} />
)

type Part = PlaneDiscovery['components'][number]['parts'][number]

const partName = ({ kind, namespace, name }: Part): string =>
  [kind, ...(namespace === undefined ? [] : [namespace]), name].join('/')

/** What of the profile runs in the cluster: releases and components. */
export function DiscoveryTables({ discovery: { releases, components } }: { readonly discovery: PlaneDiscovery }) {
  return (
    <div className={classes.tables}>
      <table className={tableClasses.table}>
        <caption className={classes.caption}>{t('connect.components')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('connect.column.component')}</th>
            <th scope="col">{t('connect.column.state')}</th>
            <th scope="col">{t('connect.column.version')}</th>
            <th scope="col">{t('connect.column.missing')}</th>
          </tr>
        </thead>
        <tbody>
          {components.map(({ id, title, state, version, parts }) => (
            <tr key={id}>
              <td>{title}</td>
              <td>
                <StateOf state={state} />
              </td>
              <td>{version}</td>
              <td className="mono">
                {parts
                  .filter((part) => part.state === 'missing')
                  .map(partName)
                  .join(', ')}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <table className={tableClasses.table}>
        <caption className={classes.caption}>{t('connect.releases')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('connect.column.release')}</th>
            <th scope="col">{t('connect.column.state')}</th>
            <th scope="col">{t('connect.column.by')}</th>
            <th scope="col">{t('connect.column.revision')}</th>
          </tr>
        </thead>
        <tbody>
          {releases.map(({ name, namespace, state, by, revision }) => (
            <tr key={`${namespace}/${name}`}>
              <td>{t('connect.release', { name, namespace })}</td>
              <td>
                <StateOf state={state} />
              </td>
              <td>{state === 'found' ? t(`connect.by.${by}`) : ''}</td>
              <td>{revision}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
