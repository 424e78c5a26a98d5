import type { Plan } from '../../preload/contract/install.ts'
import { t } from '../strings/t.ts'
import { Changes } from './Changes.tsx'
import classes from './Wizard.module.css'

/** The steps of a plan, in order: before and after, the objects, and notes. */
export function PlanView({ plan }: { readonly plan: Plan }) {
  return (
    <ol className={classes.list} aria-label={t('install.plan.steps')}>
      {plan.steps.map((step) => (
        <li key={step.id} className={classes.item}>
          <span className={classes.quiet}>{t(`install.plan.kind.${step.kind}`)}</span>
          <span className={classes.itemTitle}>{step.title}</span>
          <span className={`${classes.quiet} mono`}>{step.namespace}</span>
          <div className={classes.more}>
            <dl className={classes.change}>
              <dt>{t('install.plan.before')}</dt>
              <dd>{step.before}</dd>
              <dt>{t('install.plan.after')}</dt>
              <dd>{step.after}</dd>
            </dl>
            <Changes changes={step.changes} open={step.kind === 'helm-repair'} />
            {step.objects.length > 0 && (
              <details>
                <summary>{t('install.plan.objects', { count: step.objects.length })}</summary>
                <ul className={`${classes.objects} mono`}>
                  {step.objects.map(({ kind, namespace, name }) => (
                    <li key={`${kind}/${namespace ?? ''}/${name}`}>
                      {kind} {namespace === undefined ? name : `${namespace}/${name}`}
                    </li>
                  ))}
                </ul>
              </details>
            )}
            {step.notes.length > 0 && (
              <ul className={classes.notes}>
                {step.notes.map((note) => (
                  <li key={note}>{note}</li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ol>
  )
}
