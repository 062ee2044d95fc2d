/** Form controls with their label, hint and error, connected for screen readers. */
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'
import { classes } from './classes.ts'
import styles from './field.module.css'
import { Icon, type IconName } from './icon.tsx'

interface FieldProps {
  readonly label: string
  /** The label is read aloud but not shown. */
  readonly hideLabel?: boolean
  readonly hint?: ReactNode
  readonly error?: ReactNode
}

function Field({
  label,
  hideLabel,
  hint,
  error,
  children,
}: FieldProps & { readonly children: (ids: Ids) => ReactNode }) {
  const id = useId()
  const ids = {
    id,
    'aria-describedby': hint || error ? `${id}-note` : undefined,
    'aria-invalid': error ? true : undefined,
  }
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : styles.label}>
        {label}
      </label>
      {children(ids)}
      {(hint || error) && (
        <div id={`${id}-note`} className={error ? styles.error : styles.hint} role={error ? 'alert' : undefined}>
          {error || hint}
        </div>
      )}
    </div>
  )
}

interface Ids {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
}

type TextFieldProps = FieldProps &
  InputHTMLAttributes<HTMLInputElement> & { readonly icon?: IconName; readonly ref?: Ref<HTMLInputElement> }

export function TextField({ label, hideLabel, hint, error, icon, className, ...rest }: TextFieldProps) {
  return (
    <Field {...{ label, hint, error }} hideLabel={hideLabel ?? false}>
      {ids => {
        const input = (
          <input
            type="text"
            autoComplete="off"
            spellCheck={false}
            {...rest}
            {...ids}
            className={classes(styles.input, className)}
          />
        )
        return icon ? (
          <div className={styles.withIcon}>
            <Icon name={icon} />
            {input}
          </div>
        ) : (
          input
        )
      }}
    </Field>
  )
}

type TextAreaProps = FieldProps &
  TextareaHTMLAttributes<HTMLTextAreaElement> & { readonly ref?: Ref<HTMLTextAreaElement> }

export function TextArea({ label, hideLabel, hint, error, className, ...rest }: TextAreaProps) {
  return (
    <Field {...{ label, hint, error }} hideLabel={hideLabel ?? false}>
      {ids => <textarea spellCheck={false} {...rest} {...ids} className={classes(styles.input, className)} />}
    </Field>
  )
}

type SelectFieldProps = FieldProps & SelectHTMLAttributes<HTMLSelectElement>

/** Children are `<option>`s. */
export function SelectField({ label, hideLabel, hint, error, className, children, ...rest }: SelectFieldProps) {
  return (
    <Field {...{ label, hint, error }} hideLabel={hideLabel ?? false}>
      {ids => (
        <select {...rest} {...ids} className={classes(styles.input, className)}>
          {children}
        </select>
      )}
    </Field>
  )
}

type CheckboxProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & {
  readonly ref?: Ref<HTMLInputElement>
}

/** Children are the label. */
export function Checkbox({ children, className, ...rest }: CheckboxProps) {
  return (
    <label className={classes(styles.check, className)}>
      <input type="checkbox" {...rest} />
      <span>{children}</span>
    </label>
  )
}
