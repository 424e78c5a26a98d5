import type { ObjectDetails } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import classes from './Drawer.module.css'

/** The manifest, folded: it is long, and what matters of it is above. */
export const ObjectYaml = ({ details: { yaml, hidden, cut } }: { readonly details: ObjectDetails }) => (
  <details className={classes.yaml}>
    <summary>{t('workloads.yaml.title')}</summary>
    <div className={classes.yamlHead}>
      <span className={classes.quiet}>
        {t('workloads.yaml.hidden', { count: hidden })}
        {cut && ` ${t('workloads.yaml.cut')}`}
      </span>
      <CopyButton exact label={t('workloads.yaml.copy')} text={() => yaml} />
    </div>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it */}
    <section className={classes.yamlText} tabIndex={0} aria-label={t('workloads.yaml.title')}>
      <pre className="mono">{yaml}</pre>
    </section>
  </details>
)
