import CircleCheck from 'lucide-react/icons/circle-check';
import type { z } from 'zod';
import {
  type Connection,
  type connectionFailureListSchema,
  connectionFailureListSchema as failureList,
  ssoFailureClassSchema,
} from '../../shared/contracts/hub-sso.ts';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';

type Failure = z.infer<typeof connectionFailureListSchema>['failures'][number];

/** Sign-ins that failed, by class: what each means and what to do; then one by one. */
export function FailuresPart({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('connections', connection.id, 'failures'), answer: failureList });
  return (
    <Gate loaded={loaded}>
      {({ failures }) =>
        failures.length === 0 ? (
          <EmptyState icon={<CircleCheck size={26} />} title={t('sso.errorsNoneTitle')}>
            {t('sso.errorsNoneText')}
          </EmptyState>
        ) : (
          <Failures failures={failures} />
        )
      }
    </Gate>
  );
}

function Failures({ failures }: { readonly failures: readonly Failure[] }) {
  const { t } = useConsoleText();
  const filters = useFilters();
  const classes = [...new Set(failures.map((each) => each.class))];
  const wanted = filters.get('class');
  const shown = failures.filter((each) => wanted === '' || each.class === wanted);
  return (
    <>
      <ByClass failures={failures} classes={classes} />
      <Choice
        label={t('sso.errorClass')}
        value={wanted}
        options={[['', t('list.any')], ...classes.map((each) => [each, each] as const)]}
        onChange={(each) => filters.set('class', each)}
      />
      <Table
        label={t('sso.errors')}
        rows={shown.map((failure, index) => ({ ...failure, key: `${failure.at} ${index}` }))}
        rowKey={({ key }) => key}
        columns={[
          { title: t('sso.errorEmail'), cell: ({ email }) => email ?? t('sso.errorUnknown') },
          { title: t('sso.errorClass'), cell: (each) => <code>{each.class}</code> },
          { title: t('sso.errorDetail'), cell: ({ detail }) => detail },
          { title: t('sso.errorWhen'), cell: ({ at }) => <When at={at} /> },
        ]}
      />
    </>
  );
}

function ByClass({
  failures,
  classes,
}: {
  readonly failures: readonly Failure[];
  readonly classes: readonly string[];
}) {
  const { t, number } = useConsoleText();
  const meaning = (name: string) => {
    const known = ssoFailureClassSchema.safeParse(name);
    return known.success ? t(`sso.class.${known.data}`) : t('sso.errorOther');
  };
  const rows = classes.map((name) => {
    const of = failures.filter((each) => each.class === name);
    return { name, count: of.length, last: of[0]?.at, help: of[0]?.help ?? '' };
  });
  return (
    <Panel title={t('sso.errorsByClass')} text={t('sso.errorsText')} flush>
      <Table
        label={t('sso.errorsByClass')}
        rows={rows}
        rowKey={({ name }) => name}
        columns={[
          { title: t('sso.errorClass'), cell: ({ name }) => <code>{name}</code> },
          { title: t('sso.errorMeans'), cell: ({ name }) => meaning(name) },
          { title: t('sso.errorDo'), cell: ({ help }) => <span className={layout.dim}>{help}</span> },
          { title: t('sso.errorCount'), cell: ({ count }) => number(count) },
          { title: t('sso.errorLast'), cell: ({ last }) => <When at={last} /> },
        ]}
      />
    </Panel>
  );
}
