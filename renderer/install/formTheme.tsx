import { Button, Checkbox, NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import {
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  enumOptionsIndexForValue,
  enumOptionsValueForIndex,
  type FieldTemplateProps,
  type ObjectFieldTemplateProps,
  type UiSchema,
  type WidgetProps,
} from '@rjsf/utils'
import type { ReactNode } from 'react'
import type { JsonObject } from '../../preload/contract/words.ts'
import classes from './Form.module.css'

/** Said of every kind of field alike. Label, description and error belong to the field, so that they are read with it. */
function shared({ id, label, required, disabled, readonly, placeholder, options, schema, rawErrors }: WidgetProps) {
  return {
    id,
    label,
    required,
    placeholder,
    disabled: disabled || readonly,
    description: options.description ?? schema.description,
    error: rawErrors === undefined || rawErrors.length === 0 ? undefined : rawErrors.join(', '),
  }
}

/** An empty field is an absent setting, not an empty text. */
const textOrNothing = (text: string) => (text === '' ? undefined : text)

function Text(props: WidgetProps) {
  const { value, schema, onChange } = props
  if (schema.type === 'integer' || schema.type === 'number') {
    return (
      <NumberInput
        {...shared(props)}
        value={value ?? ''}
        allowDecimal={schema.type === 'number'}
        thousandSeparator={false}
        onChange={(next) => onChange(next === '' ? undefined : next)}
      />
    )
  }
  return (
    <TextInput
      {...shared(props)}
      value={value ?? ''}
      autoComplete="off"
      spellCheck={false}
      onChange={({ currentTarget }) => onChange(textOrNothing(currentTarget.value))}
    />
  )
}

function Area(props: WidgetProps) {
  return (
    <Textarea
      {...shared(props)}
      value={props.value ?? ''}
      rows={4}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      onChange={({ currentTarget }) => props.onChange(textOrNothing(currentTarget.value))}
    />
  )
}

function Tick(props: WidgetProps) {
  const { required: _, ...rest } = shared(props)
  return (
    <Checkbox
      {...rest}
      checked={props.value === true}
      onChange={({ currentTarget }) => props.onChange(currentTarget.checked)}
    />
  )
}

function Choice(props: WidgetProps) {
  const { enumOptions = [], emptyValue } = props.options
  return (
    <Select
      {...shared(props)}
      data={enumOptions.map(({ label }, index) => ({ value: String(index), label }))}
      value={enumOptionsIndexForValue(props.value, enumOptions)?.toString() ?? null}
      clearable={!props.required}
      onChange={(index) => props.onChange(enumOptionsValueForIndex(index ?? '', enumOptions, emptyValue))}
    />
  )
}

function Field({ children, hidden }: FieldTemplateProps) {
  return hidden ? null : <div>{children}</div>
}

function Group({ title, description, properties, fieldPathId }: ObjectFieldTemplateProps) {
  const fields = properties.filter(({ hidden }) => !hidden).map(({ name, content }) => <div key={name}>{content}</div>)
  // The whole form is an object too; its title stands above it already.
  if (fieldPathId.path.length === 0) return <div className={classes.fields}>{fields}</div>
  return (
    <Boxed title={title} description={description}>
      {fields}
    </Boxed>
  )
}

function List({ title, schema, items, canAdd, onAddClick }: ArrayFieldTemplateProps) {
  return (
    <Boxed title={title} description={schema.description}>
      {items}
      {canAdd && (
        <div>
          <Button variant="default" size="compact-xs" onClick={onAddClick} aria-label={`Add to ${title}`}>
            Add
          </Button>
        </div>
      )}
    </Boxed>
  )
}

function ListItem({ children, buttonsProps, index }: ArrayFieldItemTemplateProps) {
  return (
    <div className={classes.item}>
      <div>{children}</div>
      {buttonsProps.hasRemove && (
        <Button
          variant="default"
          size="compact-sm"
          onClick={buttonsProps.onRemoveItem}
          aria-label={`Remove number ${index + 1}`}
        >
          Remove
        </Button>
      )}
    </div>
  )
}

interface BoxedProps {
  readonly title: string
  readonly description: ReactNode
  readonly children: ReactNode
}

function Boxed({ title, description, children }: BoxedProps) {
  return (
    <fieldset className={classes.group}>
      <legend>{title}</legend>
      {description !== undefined && description !== '' && <div className={classes.description}>{description}</div>}
      <div className={classes.fields}>{children}</div>
    </fieldset>
  )
}

export const widgets = {
  TextWidget: Text,
  EmailWidget: Text,
  URLWidget: Text,
  UpDownWidget: Text,
  TextareaWidget: Area,
  CheckboxWidget: Tick,
  SelectWidget: Choice,
}

export const templates = {
  BaseInputTemplate: Text,
  FieldTemplate: Field,
  ObjectFieldTemplate: Group,
  ArrayFieldTemplate: List,
  ArrayFieldItemTemplate: ListItem,
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null

/** What a schema says of how its fields are drawn: `x-hangar-widget: pem` is a text of several lines. */
export function uiSchemaOf(schema: unknown): UiSchema {
  if (!isObject(schema)) return {}
  const own: UiSchema = schema['x-hangar-widget'] === 'pem' ? { 'ui:widget': 'textarea' } : {}
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  return { ...own, ...Object.fromEntries(properties.map(([name, property]) => [name, uiSchemaOf(property)])) }
}
