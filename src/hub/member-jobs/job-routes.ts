import { organizationPathSchema } from '../../shared/contracts/hub-api.ts';
import {
  memberJobCreationSchema,
  memberJobListSchema,
  memberJobPathSchema,
  memberJobQuerySchema,
  memberJobRefusalListSchema,
  memberJobRefusalQuerySchema,
  memberJobSchema,
} from '../../shared/contracts/hub-member-jobs.ts';
import { organizationOf } from '../access.ts';
import { changeBy } from '../audit/record.ts';
import { lookForWork } from '../background-work.ts';
import { answers } from '../route-answers.ts';
import type { HubContext, HubServer } from '../server.ts';
import { createJobRunner } from './job-runner.ts';
import { createJob, listJobRefusals, listJobs, readJob } from './job-service.ts';

const tags = ['members'];
const base = '/v1/orgs/:organization/member-jobs';

/** `/v1/orgs/{organization}/member-jobs`: one thing done with many members. */
export function memberJobRoutes(app: HubServer, { db, clock, log }: HubContext): void {
  const runner = createJobRunner({
    db,
    clock,
    onError: (error) => log.warn({ err: error }, 'work on members was interrupted; trying again'),
  });
  const look = lookForWork(app, runner);
  app.get(
    base,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'What was, or is being, done with many members, newest first',
        tags,
        params: organizationPathSchema,
        querystring: memberJobQuerySchema,
        response: answers(200, memberJobListSchema),
      },
    },
    (request) => listJobs(db, organizationOf(request).id, request.query),
  );
  app.post(
    base,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Change the role of many members, put them into a team, or remove them; goes on by itself',
        tags,
        params: organizationPathSchema,
        body: memberJobCreationSchema,
        response: answers(201, memberJobSchema),
      },
    },
    async (request, reply) => {
      const job = await createJob(db, changeBy(request, clock), organizationOf(request).id, request.body);
      look();
      return reply.code(201).send(job);
    },
  );
  app.get(
    `${base}/:jobId`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'How far one is',
        tags,
        params: memberJobPathSchema,
        response: answers(200, memberJobSchema),
      },
    },
    (request) => readJob(db, organizationOf(request).id, request.params.jobId),
  );
  app.get(
    `${base}/:jobId/refusals`,
    {
      config: { requires: 'owner' },
      schema: {
        summary: 'Whom one was refused for, and why',
        tags,
        params: memberJobPathSchema,
        querystring: memberJobRefusalQuerySchema,
        response: answers(200, memberJobRefusalListSchema),
      },
    },
    (request) => listJobRefusals(db, organizationOf(request).id, request.params.jobId, request.query),
  );
}
