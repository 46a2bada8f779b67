"""What the API of fine-tuning keeps in the training bucket, and how much it takes."""

FILES = "files/"  # files/<file id>/<name>
JOBS = "jobs/"  # jobs/<job id>.json
# Below data/<customization>/: an upload there starts no run by itself, because the job may have other settings.
JOBS_FOLDER = "jobs"
JOB_PREFIX = "ftjob-"  # of a job's id: the name of the execution follows
# A synchronous invocation takes 6 MB: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html. The
# file arrives in base64, a third larger, and with the headers of the request: this is what fits.
MAX_FILE_BYTES = 4_500_000
# In the function's zip. JSON: customization -> hyperparameter -> [least, most], for those that a job may set.
BOUNDS_FILE = "hyperparameters.json"
