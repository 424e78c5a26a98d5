import { t } from '../strings/t.ts'
import type { Section } from './sections.ts'
import classes from './Wizard.module.css'

/** Goes to a section, and says where errors are. Its own scrolling keeps it in view. */
export function SectionIndex({ sections }: { readonly sections: readonly Section[] }) {
  return (
    <nav className={classes.index} aria-label={t('install.settings.sections')}>
      <ul>
        {sections.map(({ id, title, anchors, errors }) => (
          <li key={id}>
            <button type="button" onClick={() => show(anchors)}>
              <span>{title}</span>
              {errors > 0 && (
                <span className={classes.errors}>{t('install.settings.sectionErrors', { count: errors })}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  )
}

const fields = ':is(input,textarea,select,button)'

function show(anchors: readonly string[]): void {
  const [element] = anchors.flatMap((id) => document.getElementById(id) ?? [])
  if (element === undefined) return
  element.scrollIntoView({ block: 'start' })
  const field = element.matches(fields) ? element : element.querySelector<HTMLElement>(fields)
  field?.focus({ preventScroll: true })
}
