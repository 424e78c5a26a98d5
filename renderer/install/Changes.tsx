import type { FieldChange, ObjectChange } from '../../preload/contract/install.ts'
import { lineDiff } from '../../preload/line-diff.ts'
import { t } from '../strings/t.ts'
import classes from './Changes.module.css'

/** What a step does to each object that differs from the cluster. */
export function Changes({ changes, open }: { readonly changes: readonly ObjectChange[]; readonly open: boolean }) {
  if (changes.length === 0) return null
  return (
    <details open={open}>
      <summary>{t('install.plan.changes', { count: changes.length })}</summary>
      <ul className={classes.changes}>
        {changes.map(({ object: { kind, namespace, name }, change, fields, moreFields }) => (
          <li key={`${kind}/${namespace ?? ''}/${name}`}>
            <span className={classes.verb}>{t(`install.plan.change.${change}`)}</span>{' '}
            <span className="mono">
              {kind} {namespace === undefined ? name : `${namespace}/${name}`}
            </span>
            {fields.map((field) => (
              <Field key={field.path} field={field} />
            ))}
            {moreFields > 0 && <p className={classes.quiet}>{t('install.plan.moreFields', { count: moreFields })}</p>}
          </li>
        ))}
      </ul>
    </details>
  )
}

function Field({ field: { path, before, after, hidden, managers } }: { readonly field: FieldChange }) {
  return (
    <div className={classes.field}>
      <span className="mono">{path}</span>
      {managers.length > 0 && (
        <span className={classes.quiet}> {t('install.plan.setBy', { managers: managers.join(', ') })}</span>
      )}
      {hidden ? (
        <p className={classes.quiet}>{t('install.plan.hidden')}</p>
      ) : (
        <pre className={`${classes.lines} mono`}>
          {lineDiff(before, after).map(({ sign, text }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines repeat, and the list never changes
            <span key={index} data-sign={sign}>{`${sign}${text}\n`}</span>
          ))}
        </pre>
      )}
    </div>
  )
}
