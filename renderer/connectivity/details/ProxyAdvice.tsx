import type { ProxyView } from '../../../preload/contract/connectivity.ts'
import { counted } from '../../lib/time.ts'
import classes from '../Connectivity.module.css'

/** What is in force, and what of it will not be understood by everyone; folded, since it concerns few checks. */
export function ProxyAdvice({
  proxy: { source, httpsProxy, httpProxy, noProxy, rows, advice },
}: {
  readonly proxy: ProxyView
}) {
  const differing = rows.filter(({ differs }) => differs).length
  if (advice.length === 0 && differing === 0) return null
  const said = [
    ...(advice.length > 0 ? [`${counted(advice.length, 'gap')} in NO_PROXY`] : []),
    ...(differing > 0 ? [`${counted(differing, 'row')} that programs read differently`] : []),
  ]
  return (
    <details className={classes.fold}>
      <summary>Proxy settings: {said.join(', ')}</summary>
      <dl className={classes.facts}>
        {[
          ['From', source],
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
      {advice.length > 0 && (
        <ul className={classes.advice}>
          {advice.map(({ entry, message: says }) => (
            <li key={`${entry} ${says}`}>
              {entry !== '' && <code className={classes.code}>{entry}</code>} {says}
            </li>
          ))}
        </ul>
      )}
      {differing > 0 && <p className={classes.quiet}>Open a row to see how each program reads them for it.</p>}
    </details>
  )
}
