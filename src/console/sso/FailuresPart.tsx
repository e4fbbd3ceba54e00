import CircleCheck from 'lucide-react/icons/circle-check';
import type { z } from 'zod';
import {
  type Connection,
  connectionFailureListSchema,
  ssoFailureClassSchema,
} from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';

/** Sign-ins that failed, by class: what each means and what to do; then one by one. */
export function FailuresPart({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const path = api('connections', connection.id, 'failures');
  // The classes are the same whatever is searched for.
  const loaded = useRead({ path, query: { limit: 1 }, answer: connectionFailureListSchema });
  const classes = loaded.state === 'ready' ? loaded.value.classes : [];
  const filtered = get('search') + get('class') !== '';
  return (
    <>
      {classes.length === 0 ? null : <ByClass classes={classes} />}
      <ServerList
        label={t('sso.errors')}
        path={path}
        query={{ class: get('class') }}
        answer={connectionFailureListSchema}
        page={({ failures, total, next }) => ({
          rows: failures.map((failure, index) => ({ ...failure, key: `${failure.at} ${index}` })),
          total,
          next,
        })}
        rowKey={({ key }) => key}
        usualSort="-at"
        search={t('sso.errorsSearch')}
        filters={
          <FilterChoice
            name="class"
            label={t('sso.errorClass')}
            options={classes.map((each) => [each.class, each.class])}
          />
        }
        found={(count) => t('sso.errorsFound', { count })}
        empty={{
          icon: <CircleCheck size={26} />,
          title: t(filtered ? 'list.nothingFound' : 'sso.errorsNoneTitle'),
          text: t(filtered ? 'list.nothingFoundText' : 'sso.errorsNoneText'),
        }}
        columns={[
          {
            title: t('sso.errorEmail'),
            sort: 'email',
            cell: ({ email }) => email ?? t('sso.errorUnknown'),
          },
          { title: t('sso.errorClass'), cell: (each) => <code className={layout.whole}>{each.class}</code> },
          { title: t('sso.errorDetail'), cell: ({ detail }) => detail },
          { title: t('sso.errorWhen'), sort: 'at', cell: ({ at }) => <When at={at} /> },
        ]}
      />
    </>
  );
}

type FailureClass = z.infer<typeof connectionFailureListSchema>['classes'][number];

function ByClass({ classes }: { readonly classes: readonly FailureClass[] }) {
  const { t, number } = useConsoleText();
  const meaning = (name: string) => {
    const known = ssoFailureClassSchema.safeParse(name);
    return known.success ? t(`sso.class.${known.data}`) : t('sso.errorOther');
  };
  return (
    <Panel title={t('sso.errorsByClass')} text={t('sso.errorsText')} flush>
      <Table
        label={t('sso.errorsByClass')}
        rows={classes}
        rowKey={(each) => each.class}
        columns={[
          { title: t('sso.errorClass'), cell: (each) => <code className={layout.whole}>{each.class}</code> },
          { title: t('sso.errorMeans'), cell: (each) => meaning(each.class) },
          { title: t('sso.errorDo'), cell: ({ help }) => <span className={layout.dim}>{help}</span> },
          { title: t('sso.errorCount'), number: true, cell: ({ count }) => number(count) },
          { title: t('sso.errorLast'), cell: ({ lastAt }) => <When at={lastAt} /> },
        ]}
      />
    </Panel>
  );
}
