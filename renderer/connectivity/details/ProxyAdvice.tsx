import type { ProxyView } from '../../../preload/contract/connectivity.ts'
import { t } from '../../strings/t.ts'
import classes from '../Connectivity.module.css'

/** The proxy settings in use, gaps in NO_PROXY, and how many rows programs interpret differently. Folded by default. */
export function ProxyAdvice({
  proxy: { source, httpsProxy, httpProxy, noProxy, rows, advice },
}: {
  readonly proxy: ProxyView
}) {
  const gaps = advice.length
  const differing = rows.filter(({ differs }) => differs).length
  if (gaps === 0 && differing === 0) return null
  const summary =
    gaps === 0
      ? t('connectivity.proxy.summaryRows', { rows: differing })
      : differing === 0
        ? t('connectivity.proxy.summaryGaps', { gaps })
        : t('connectivity.proxy.summaryBoth', { gaps, rows: differing })
  return (
    <details className={classes.fold}>
      <summary>{summary}</summary>
      <dl className={classes.facts}>
        {[
          [t('connectivity.proxy.source'), source],
          ['HTTPS_PROXY', httpsProxy],
          ['HTTP_PROXY', httpProxy],
          ['NO_PROXY', noProxy],
        ]
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
      </dl>
      {gaps > 0 && (
        <ul className={classes.advice}>
          {advice.map(({ entry, message }) => (
            <li key={`${entry} ${message}`}>
              {entry !== '' && <code className={classes.code}>{entry}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {differing > 0 && <p className={classes.quiet}>{t('connectivity.proxy.expand')}</p>}
    </details>
  )
}
