"""Amplify: an app with one branch, and jobs of which only one may be unfinished."""
import world

SITE = "app-id= branch-name= "
ENDED = ("SUCCEED", "FAILED", "CANCELLED")
QUERY = {
    r"jobSummaries\[\?!contains\(\['SUCCEED','FAILED','CANCELLED'\],status\)\]\.jobId": lambda document: [
        job["jobId"] for job in document["jobSummaries"] if job["status"] not in ENDED
    ],
    r"\[jobId,zipUploadUrl\]": lambda document: [document["jobId"], document["zipUploadUrl"]],
    r"job\.summary\.status": lambda document: document["job"]["summary"]["status"],
}


def jobs_of(state, given):
    outputs = state["stacks"].get("shop-web-test", {}).get("outputs", {})
    if (given["app-id"], given["branch-name"]) != (outputs.get("AppId"), outputs.get("BranchName")):
        world.refuse("this app has no such branch")
    return state["amplify"]["jobs"]


def job_of(state, given):
    return next(job for job in jobs_of(state, given) if job["jobId"] == given["job-id"])


def list_jobs(state, words):
    given = world.options(words, SITE + "query= output=")
    return world.answer({"jobSummaries": list(reversed(jobs_of(state, given)))}, QUERY, given)


def stop_job(state, words):
    job = job_of(state, world.options(words, SITE + "job-id="))
    if job["status"] in ENDED:
        raise world.Failed("An error occurred (BadRequestException): the job has already finished")
    job.update(status="CANCELLED", then=[])
    return '{"jobSummary": {}}\n'


def create_deployment(state, words):
    given = world.options(words, SITE + "query= output=")
    jobs = jobs_of(state, given)
    if any(job["status"] not in ENDED for job in jobs):
        raise world.Failed("An error occurred (BadRequestException): The last job was not finished.")
    number = str(len(jobs) + 1)
    url = f"https://upload.example/{number}?X-Amz-Signature=SECRET{number}"
    jobs.append({"jobId": number, "status": "CREATED", "url": url, "then": []})
    return world.answer({"jobId": number, "zipUploadUrl": url}, QUERY, given)


def upload(state, url, path):
    """Called by the fake curl."""
    import hashlib  # here, because every look at a job would pay for them
    import io
    import zipfile

    job = next((job for job in state.get("amplify", {}).get("jobs", []) if job["url"] == url), None)
    if job is None or job["status"] != "CREATED" or "zip" in job:
        world.refuse("an upload to an address that takes none")
    if state.get("upload") == "refused":
        raise world.Failed("curl: (22) The requested URL returned error: 403", 22)
    content = world.read(path)
    job["zip"] = hashlib.sha256(content).hexdigest()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        job["names"] = sorted(name for name in archive.namelist() if not name.endswith("/"))
        job["index"] = archive.read("index.html").decode() if "index.html" in job["names"] else None


def start_deployment(state, words):
    job = job_of(state, world.options(words, SITE + "job-id="))
    if job["status"] != "CREATED" or "zip" not in job:
        world.refuse("nothing was uploaded for this job")
    ends = state["amplify"].setdefault("ends", [])
    job.update(status="PENDING", then=ends.pop(0) if ends else ["RUNNING", "SUCCEED"])
    return '{"jobSummary": {}}\n'


def get_job(state, words):
    given = world.options(words, SITE + "job-id= query= output=")
    job = job_of(state, given)
    if job["status"] == "CREATED":
        world.refuse("waits for a job that was never started")
    text = world.answer({"job": {"summary": {"status": job["status"]}}}, QUERY, given)
    if job["then"]:
        job["status"] = job["then"].pop(0)
    if job["status"] == "SUCCEED":
        state["live"] = job["index"]
    return text


CALLS = {
    "amplify list-jobs": list_jobs,
    "amplify stop-job": stop_job,
    "amplify create-deployment": create_deployment,
    "amplify start-deployment": start_deployment,
    "amplify get-job": get_job,
}
