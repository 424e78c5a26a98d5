import type { ProxyRuntime, ProxyView } from '../../../preload/contract/connectivity.ts'
import { t } from '../../strings/t.ts'
import classes from './Details.module.css'

const runtimes = ['go', 'java', 'node', 'curl'] as const satisfies readonly ProxyRuntime[]

export interface ProxyInterpretationProps {
  readonly interpretation: ProxyView['rows'][number]
}

/** How each program interprets the proxy settings for one row. Shown if they differ or the component ignores them. */
export function ProxyInterpretation({ interpretation }: ProxyInterpretationProps) {
  const { differs, usesProxySettings } = interpretation
  return (
    <section aria-label={t('connectivity.proxy.settings')}>
      <h2 className={classes.heading}>{t(differs ? 'connectivity.proxy.differ' : 'connectivity.proxy.settings')}</h2>
      {!usesProxySettings && <p className={classes.why}>{t('connectivity.proxy.ignored')}</p>}
      {differs && (
        <table className={classes.stages} aria-label={t('connectivity.proxy.byProgram')}>
          <thead>
            <tr>
              <th scope="col">{t('connectivity.proxy.program')}</th>
              <th scope="col">{t('connectivity.proxy.route')}</th>
              <th scope="col">{t('connectivity.proxy.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {runtimes.map((runtime) => {
              const { through, why } = interpretation.runtimes[runtime]
              return (
                <tr key={runtime}>
                  <th scope="row">{t(`connectivity.proxy.runtime.${runtime}`)}</th>
                  <td className="mono">{through === '' ? t('connectivity.proxy.direct') : through}</td>
                  <td className={classes.reason}>{why}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </section>
  )
}
