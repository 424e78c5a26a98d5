import type { ProxyRuntime, ProxyView } from '../../../preload/contract/connectivity.ts'
import classes from './Details.module.css'

const runtimes = {
  go: 'Go (agents, Flux, cert-manager)',
  java: 'Java (enforcer, integrations)',
  node: 'Node',
  curl: 'curl',
} as const satisfies Record<ProxyRuntime, string>

/** What the programs make of the same proxy settings, where they do not agree or the component does not care. */
export function ProxyInterpretation({ reading }: { readonly reading: ProxyView['rows'][number] }) {
  const names = Object.keys(runtimes) as ProxyRuntime[] // the keys of a Record of these
  return (
    <section aria-label="Proxy settings">
      <h3 className={classes.heading}>
        {reading.differs ? 'Programs read the proxy settings differently' : 'The proxy settings'}
      </h3>
      {!reading.usesProxySettings && (
        <p className={classes.why}>This component ignores proxy settings: it connects directly.</p>
      )}
      {reading.differs && (
        <table className={classes.stages} aria-label="Proxy settings by program">
          <thead>
            <tr>
              <th scope="col">Program</th>
              <th scope="col">Goes</th>
              <th scope="col">Because</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const { through, why } = reading.runtimes[name]
              return (
                <tr key={name}>
                  <th scope="row">{runtimes[name]}</th>
                  <td className="mono">{through === '' ? 'directly' : through}</td>
                  <td className={classes.because}>{why}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
    </section>
  )
}
